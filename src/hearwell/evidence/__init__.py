"""What all insights rest on: findings in words, and how sure they are."""
