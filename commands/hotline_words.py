"""What is heard on the hotline in English and in French; the words in braces are filled in, cleaned for the ear."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.spoken import FRENCH

IN_FRENCH = "Pour le français, faites le 2, puis le dièse."
FOR_FRENCH = "2"
"""What is pressed for it in place of a PIN."""


@dataclass(frozen=True, slots=True)
class HotlineWords:
    """One language's sentences, for the customer and (from `line` on, but for `customer`) for the engineer."""

    pin: str
    pin_wrong: str
    pin_locked: str
    unknown: str
    welcome: str
    welcome_option: str
    not_owed: str
    credit: str
    closed: str
    which: str
    not_yours: str
    opened: str
    found: str
    nobody: str
    nobody_withheld: str
    call_back: str
    speak: str
    thanks: str
    thanks_new: str
    goodbye: str
    cut_off: str
    again: str
    full: str
    line: str
    line_back: str
    line_dial: str
    connecting: str
    ring_again: str
    calling: str
    hung_up: str
    hung_up_withheld: str
    customer: str
    too_late: str
    no_answer: str
    a_customer: str
    one_credit: str
    credits: str


ENGLISH_WORDS = HotlineWords(
    pin="Please enter your PIN of eight digits. If you have none, press the hash key.",
    pin_wrong="I do not know that PIN. Please enter it again, or press the hash key to go on without it.",
    pin_locked="I cannot find that PIN.",
    unknown="Without a PIN I cannot tell who you are, so I may not call an engineer. Please leave a message "
    "after the tone, with your company, your number and what is wrong. It becomes a ticket, and it "
    "will be answered. Press the hash key when you are done.",
    welcome="Welcome, {customer}. You have telephone support with {level}.",
    welcome_option="Welcome, {customer}. You have telephone support as an option.",
    not_owed="Welcome, {customer}. You are on {level}, whose support is by e-mail. Telephone support comes "
    "with Level Three. Please leave a message after the tone and say what is wrong. It becomes a "
    "ticket of your own level, and it will be answered. Press the hash key when you are done.",
    credit="Welcome, {customer}. You are on {level}, whose support is by e-mail. You have {credits} for one "
    "incident by telephone. Press 1 to use one now, or 2 to leave a message.",
    closed="Our desk is closed now and opens again {opens}. In an emergency press 1, and I call the engineer "
    "on duty. Press 2 to leave a message.",
    which="For a ticket that you have, enter its number and press the hash key. For something new, press "
    "the hash key alone.",
    not_yours="I find no open ticket {ticket} of yours, so I open a new one.",
    opened="I have opened ticket {ticket} for you and am calling the engineer on duty. Please stay on the "
    "line. If we are cut off, you will be called back.",
    found="This is about ticket {ticket}. I am calling the engineer on duty. Please stay on the line.",
    nobody="I am sorry, nobody has answered yet, and I go on calling. Press 1 to be called back, 2 to leave "
    "a message, or 3 to keep waiting.",
    nobody_withheld="I am sorry, nobody has answered yet, and I go on calling. Press 2 to leave a message, or 3 to "
    "keep waiting.",
    call_back="You will be called back at the number that you are calling from. Ticket {ticket} says so. Goodbye.",
    speak="Please leave a message after the tone, and press the hash key when you are done.",
    thanks="Thank you. Your message is with ticket {ticket}. Goodbye.",
    thanks_new="Thank you. Your message becomes a ticket now. Goodbye.",
    goodbye="Thank you for calling. Goodbye.",
    cut_off="The engineer has left the line. If you were cut off, press 1, and I connect you again. "
    "Otherwise, goodbye.",
    again="I am calling the engineer again. Please stay on the line.",
    full="I cannot open another ticket for you now. Please leave a message after the tone.",
    line="{level}, {customer}, ticket {ticket}, on the line. Press 1 to talk to them.",
    line_back="{customer}, ticket {ticket}, wants to be called back. Press 1, and I call them.",
    line_dial="You asked me to call {customer} about ticket {ticket}. Press 1, and I call them.",
    connecting="I am connecting you.",
    ring_again="They are on another line. I ring you again to connect you.",
    calling="I am calling them. Please stay on the line.",
    hung_up="They have hung up. I am calling them back. Please stay on the line.",
    hung_up_withheld="They have hung up, and their number was withheld, so I cannot call them back. Goodbye.",
    customer="This is your support desk, calling about ticket {ticket}. Press 1 to talk to the engineer.",
    too_late="There is nobody to talk to any more. Goodbye.",
    no_answer="They did not answer. Goodbye.",
    a_customer="A customer",
    one_credit="one credit",
    credits="{count} credits",
)

FRENCH_WORDS = HotlineWords(
    pin="Entrez votre NIP de huit chiffres. Si vous n'en avez pas, faites le dièse.",
    pin_wrong="Je ne connais pas ce NIP. Entrez-le de nouveau, ou faites le dièse pour continuer sans lui.",
    pin_locked="Je ne trouve pas ce NIP.",
    unknown="Sans NIP, je ne peux pas savoir qui vous êtes, et je ne peux donc pas appeler d'ingénieur. "
    "Laissez un message après le signal, avec votre entreprise, votre numéro et le problème. Il "
    "devient un billet, et on y répondra. Faites le dièse quand vous avez fini.",
    welcome="Bienvenue, {customer}. Vous avez le soutien téléphonique avec le {level}.",
    welcome_option="Bienvenue, {customer}. Vous avez le soutien téléphonique en option.",
    not_owed="Bienvenue, {customer}. Vous êtes au {level}, dont le soutien se fait par courriel. Le soutien "
    "téléphonique vient avec le niveau trois. Laissez un message après le signal et dites ce qui ne "
    "va pas. Il devient un billet de votre niveau, et on y répondra. Faites le dièse quand vous avez "
    "fini.",
    credit="Bienvenue, {customer}. Vous êtes au {level}, dont le soutien se fait par courriel. Vous avez "
    "{credits} pour un incident par téléphone. Faites le 1 pour en utiliser un maintenant, ou le 2 "
    "pour laisser un message.",
    closed="Notre bureau est fermé et ouvre de nouveau {opens}. En cas d'urgence, faites le 1, et j'appelle "
    "l'ingénieur de garde. Faites le 2 pour laisser un message.",
    which="Pour un billet que vous avez déjà, entrez son numéro et faites le dièse. Pour autre chose, "
    "faites le dièse seulement.",
    not_yours="Je ne trouve pas de billet ouvert {ticket} à vous, j'en ouvre donc un nouveau.",
    opened="J'ai ouvert le billet {ticket} pour vous et j'appelle l'ingénieur de garde. Restez en ligne. Si "
    "nous sommes coupés, on vous rappellera.",
    found="C'est au sujet du billet {ticket}. J'appelle l'ingénieur de garde. Restez en ligne.",
    nobody="Je suis désolé, personne n'a encore répondu, et je continue d'appeler. Faites le 1 pour être "
    "rappelé, le 2 pour laisser un message, ou le 3 pour attendre encore.",
    nobody_withheld="Je suis désolé, personne n'a encore répondu, et je continue d'appeler. Faites le 2 pour laisser "
    "un message, ou le 3 pour attendre encore.",
    call_back="On vous rappellera au numéro d'où vous appelez. Le billet {ticket} le dit. Au revoir.",
    speak="Laissez un message après le signal, et faites le dièse quand vous avez fini.",
    thanks="Merci. Votre message est avec le billet {ticket}. Au revoir.",
    thanks_new="Merci. Votre message devient un billet. Au revoir.",
    goodbye="Merci de votre appel. Au revoir.",
    cut_off="L'ingénieur a quitté la ligne. Si vous avez été coupé, faites le 1, et je vous remets en "
    "communication. Sinon, au revoir.",
    again="Je rappelle l'ingénieur. Restez en ligne.",
    full="Je ne peux pas ouvrir un autre billet pour vous en ce moment. Laissez un message après le signal.",
    line="{level}, {customer}, billet {ticket}, en ligne. Faites le 1 pour leur parler.",
    line_back="{customer}, billet {ticket}, veut être rappelé. Faites le 1, et je les appelle.",
    line_dial="Vous m'avez demandé d'appeler {customer} au sujet du billet {ticket}. Faites le 1, et je les appelle.",
    connecting="Je vous mets en communication.",
    ring_again="Ils sont sur une autre ligne. Je vous rappelle pour vous mettre en communication.",
    calling="Je les appelle. Restez en ligne.",
    hung_up="Ils ont raccroché. Je les rappelle. Restez en ligne.",
    hung_up_withheld="Ils ont raccroché, et leur numéro était masqué, je ne peux donc pas les rappeler. Au revoir.",
    customer="Ici votre équipe de soutien, au sujet du billet {ticket}. Faites le 1 pour parler à l'ingénieur.",
    too_late="Il n'y a plus personne à qui parler. Au revoir.",
    no_answer="Ils n'ont pas répondu. Au revoir.",
    a_customer="Un client",
    one_credit="un crédit",
    credits="{count} crédits",
)


def words_in(language: str) -> HotlineWords:
    """English for whatever is not French."""
    return FRENCH_WORDS if language == FRENCH else ENGLISH_WORDS
