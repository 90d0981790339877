# ruff: noqa: RUF001  (other scripts than Latin)
"""What is written, in the languages of the customers: few sentences, put together."""

from typing import NamedTuple


class Language(NamedTuple):
    """The sentences of one language. In the first two, {} is what it is about."""

    asks: str
    complains: str
    adds: str
    thanks: str
    replies: str
    solves: str
    greets: str
    acknowledges: str
    topics: tuple[str, ...]  # in the order of company.TOPICS


SENTENCES = {
    "en": Language(
        "Hello, I have a question about {}.",
        "I have asked before about {} and it is still not solved.",
        "Here is what you asked for.",
        "Thank you, that helped.",
        "Thank you for writing. Could you tell me a little more?",
        "I have taken care of it. It works now.",
        "Hello, I am the assistant. How can I help?",
        "We have received your message and will answer soon.",
        (
            "my invoice",
            "a refund",
            "cancelling",
            "logging in",
            "an outage",
            "the set-up",
            "my delivery",
            "a return",
        ),
    ),
    "de": Language(
        "Guten Tag, ich habe eine Frage: {}.",
        "Ich habe schon einmal geschrieben und warte noch auf eine Lösung: {}.",
        "Hier ist, was Sie brauchen.",  # codespell:ignore
        "Danke, das hat geholfen.",
        "Danke für Ihre Nachricht. Können Sie mir etwas mehr sagen?",  # codespell:ignore
        "Ich habe mich darum gekümmert. Jetzt geht es.",
        "Hallo, ich bin der Assistent. Wie kann ich helfen?",  # codespell:ignore
        "Wir haben Ihre Nachricht erhalten und antworten bald.",
        (
            "Rechnung",
            "Erstattung",
            "Kündigung",
            "Anmeldung",
            "Ausfall",
            "Einrichtung",
            "Lieferung",
            "Rücksendung",
        ),
    ),
    "fr": Language(
        "Bonjour, j’ai une question : {}.",
        "J’ai déjà écrit et ce n’est toujours pas réglé : {}.",
        "Voici ce que vous avez demandé.",
        "Merci, cela m’a aidé.",
        "Merci de votre message. Pouvez-vous m’en dire un peu plus ?",
        "Je m’en suis occupé. Cela fonctionne maintenant.",
        "Bonjour, je suis l’assistant. Comment puis-je vous aider ?",
        "Nous avons reçu votre message et répondrons bientôt.",
        (
            "facture",
            "remboursement",
            "résiliation",
            "connexion",  # codespell:ignore
            "panne",
            "installation",
            "livraison",
            "retour",
        ),
    ),
    "es": Language(
        "Hola, tengo una pregunta: {}.",
        "Ya escribí antes y todavía no está resuelto: {}.",
        "Aquí está lo que pidió.",
        "Gracias, me ha ayudado.",
        "Gracias por escribir. ¿Puede contarme un poco más?",
        "Ya me he ocupado. Ahora funciona.",
        "Hola, soy el asistente. ¿En qué puedo ayudar?",
        "Hemos recibido su mensaje y responderemos pronto.",
        (
            "factura",
            "reembolso",
            "cancelación",
            "inicio de sesión",
            "avería",
            "instalación",
            "entrega",
            "devolución",
        ),
    ),
    "ur": Language(
        "السلام علیکم، مجھے ایک سوال پوچھنا ہے: {}۔",
        "میں پہلے بھی لکھ چکا ہوں اور مسئلہ ابھی تک حل نہیں ہوا: {}۔",
        "جو آپ نے مانگا تھا وہ یہ ہے۔",
        "شکریہ، اس سے مدد ملی۔",
        "پیغام کا شکریہ۔ کیا آپ کچھ اور بتا سکتے ہیں؟",
        "میں نے یہ ٹھیک کر دیا ہے۔ اب یہ کام کر رہا ہے۔",
        "السلام علیکم، میں معاون ہوں۔ میں کیا مدد کر سکتا ہوں؟",
        "ہمیں آپ کا پیغام مل گیا ہے، ہم جلد جواب دیں گے۔",
        ("بل", "رقم کی واپسی", "منسوخی", "لاگ ان", "سروس بند", "سیٹ اپ", "ترسیل", "واپسی"),
    ),
    "pa": Language(
        "ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਮੇਰਾ ਇੱਕ ਸਵਾਲ ਹੈ: {}।",
        "ਮੈਂ ਪਹਿਲਾਂ ਵੀ ਲਿਖਿਆ ਸੀ ਅਤੇ ਇਹ ਅਜੇ ਵੀ ਹੱਲ ਨਹੀਂ ਹੋਇਆ: {}।",
        "ਜੋ ਤੁਸੀਂ ਮੰਗਿਆ ਸੀ ਉਹ ਇਹ ਹੈ।",
        "ਧੰਨਵਾਦ, ਇਸ ਨਾਲ ਮਦਦ ਮਿਲੀ।",
        "ਸੁਨੇਹੇ ਲਈ ਧੰਨਵਾਦ। ਕੀ ਤੁਸੀਂ ਥੋੜ੍ਹਾ ਹੋਰ ਦੱਸ ਸਕਦੇ ਹੋ?",
        "ਮੈਂ ਇਹ ਠੀਕ ਕਰ ਦਿੱਤਾ ਹੈ। ਹੁਣ ਇਹ ਚੱਲਦਾ ਹੈ।",
        "ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਮੈਂ ਸਹਾਇਕ ਹਾਂ। ਮੈਂ ਕਿਵੇਂ ਮਦਦ ਕਰ ਸਕਦਾ ਹਾਂ?",
        "ਸਾਨੂੰ ਤੁਹਾਡਾ ਸੁਨੇਹਾ ਮਿਲ ਗਿਆ ਹੈ, ਅਸੀਂ ਜਲਦੀ ਜਵਾਬ ਦੇਵਾਂਗੇ।",
        ("ਬਿੱਲ", "ਪੈਸੇ ਦੀ ਵਾਪਸੀ", "ਰੱਦ ਕਰਨਾ", "ਲਾਗਇਨ", "ਸੇਵਾ ਬੰਦ", "ਸੈੱਟਅੱਪ", "ਡਿਲਿਵਰੀ", "ਵਾਪਸੀ"),
    ),
    "ml": Language(
        "നമസ്കാരം, എനിക്ക് ഒരു ചോദ്യമുണ്ട്: {}.",
        "ഞാൻ മുമ്പും എഴുതിയിരുന്നു, ഇതുവരെ പരിഹരിച്ചിട്ടില്ല: {}.",
        "നിങ്ങൾ ചോദിച്ചത് ഇതാ.",
        "നന്ദി, അത് സഹായിച്ചു.",
        "എഴുതിയതിന് നന്ദി. കുറച്ചുകൂടി പറയാമോ?",
        "ഞാൻ അത് ശരിയാക്കി. ഇപ്പോൾ പ്രവർത്തിക്കുന്നു.",
        "നമസ്കാരം, ഞാൻ സഹായിയാണ്. എങ്ങനെ സഹായിക്കാം?",
        "നിങ്ങളുടെ സന്ദേശം ലഭിച്ചു, ഉടൻ മറുപടി നൽകാം.",
        (
            "ബിൽ",
            "പണം തിരികെ",
            "റദ്ദാക്കൽ",
            "ലോഗിൻ",
            "സേവന തടസ്സം",
            "സജ്ജീകരണം",
            "ഡെലിവറി",
            "മടക്കി അയയ്ക്കൽ",
        ),
    ),
    "km": Language(
        "សួស្តី ខ្ញុំមានសំណួរអំពី {}។",
        "ខ្ញុំបានសរសេរម្តងហើយ ប៉ុន្តែនៅមិនទាន់ដោះស្រាយ៖ {}។",
        "នេះជាអ្វីដែលអ្នកបានសួរ។",
        "អរគុណ វាបានជួយ។",
        "អរគុណសម្រាប់សារ។ តើអ្នកអាចប្រាប់បន្ថែមបានទេ?",
        "ខ្ញុំបានដោះស្រាយហើយ។ ឥឡូវវាដំណើរការ។",
        "សួស្តី ខ្ញុំជាជំនួយការ។ តើខ្ញុំអាចជួយអ្វីបាន?",
        "យើងបានទទួលសាររបស់អ្នក ហើយនឹងឆ្លើយឆាប់ៗ។",
        (
            "វិក្កយបត្រ",
            "ការសងប្រាក់",
            "ការបោះបង់",
            "ការចូល",
            "ការដាច់សេវា",
            "ការដំឡើង",
            "ការដឹកជញ្ជូន",
            "ការប្រគល់ត្រឡប់",
        ),
    ),
    "be": Language(
        "Добры дзень, у мяне пытанне: {}.",
        "Я ўжо пісаў, а гэта ўсё яшчэ не вырашана: {}.",
        "Вось тое, што вы прасілі.",
        "Дзякуй, гэта дапамагло.",
        "Дзякуй за ліст. Ці можаце расказаць крыху больш?",
        "Я ўсё зрабіў. Цяпер працуе.",
        "Добры дзень, я памочнік. Чым дапамагчы?",
        "Мы атрымалі ваша паведамленне і хутка адкажам.",
        (
            "рахунак",
            "вяртанне грошай",
            "адмена",
            "уваход",
            "збой",
            "наладка",
            "дастаўка",
            "вяртанне",
        ),
    ),
}

KINDS = (
    "asks",
    "complains",
    "adds",
    "thanks",
    "replies",
    "solves",
    "greets",
    "acknowledges",
    "notes",
)
NOTE = "Checked the account: nothing else is open."
"""What agents write to each other is in one language, whatever the customer's."""


def phrase_book(languages: tuple[str, ...], topics: int) -> list[str]:
    """Return all sentences; that of a language, kind and topic stands at `phrase_code`."""
    return [
        NOTE if kind == "notes" else getattr(SENTENCES[name], kind).format(about)
        for name in languages
        for kind in KINDS
        for about in SENTENCES[name].topics[:topics]
    ]
