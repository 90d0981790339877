"""What people wrote, in any language and script: words, languages, what is personal, contrasts.

It knows texts only. Nothing is downloaded, and no word list of any language is needed.
"""
