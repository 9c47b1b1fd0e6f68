"""What a page's call says, sentence by sentence, in English and in French; the words in braces are filled in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.spoken import FRENCH


@dataclass(frozen=True, slots=True)
class PageSpeech:
    """One language's sentences. Values that are filled in are cleaned for the ear before."""

    greeting: str
    greeting_alone: str
    greeting_test: str
    about: str
    about_nobody: str
    others: str
    on_the_line: str
    off_the_line: str
    due: str
    due_in: str
    late: str
    nothing: str
    because_category: str
    because_level: str
    because_warning: str
    because_late: str
    because_asked: str
    because_forgotten: str
    menu: str
    menu_line: str
    menu_back: str
    menu_alone: str
    menu_test: str
    unheard: str
    wrong: str
    thanks: str
    thanks_alone: str
    thanks_test: str
    connecting: str
    yours: str
    taken: str
    over: str
    passed: str
    given_up: str
    opened: str
    opened_bare: str
    wrote: str
    replied: str
    noted: str
    silent_since: str
    customer: str
    desk: str


ENGLISH_SPEECH = PageSpeech(
    greeting="This is Thirdline with a {level} page for {person}.",
    greeting_alone="This is Thirdline with a page for {person}, from {by}: {reason}.",
    greeting_test="This is Thirdline with a test call for {person}.",
    about="{customer}, ticket {ticket}: {subject}.",
    about_nobody="Ticket {ticket}: {subject}.",
    others="And {count} more of theirs.",
    on_the_line="They are on the line.",
    off_the_line="They called, and are not on the line now.",
    due="They are promised an answer by {moment}.",
    due_in="They are promised an answer by {moment}, in {span}.",
    late="They were promised an answer by {moment}. It is late.",
    nothing="Nothing is promised now.",
    because_category="You are called because it is this: {category}.",
    because_level="You are called because {level} is called at once.",
    because_warning="You are called because the time to answer is running out.",
    because_late="You are called because the answer is late.",
    because_asked="{by} asks for you: {reason}.",
    because_forgotten="It was taken before, and nobody has touched it since.",
    menu="Press {take} to take it, 2 to pass it on, 3 to hear more, 9 to hear this again.",
    menu_line="Press {take} to talk to them, 2 to pass it on, 3 to hear more, 9 to hear this again.",
    menu_back="Press {take} to take it and call them back, 2 to pass it on, 3 to hear more, 9 to hear this again.",
    menu_alone="Press {take} to take it, 2 to pass it on, 9 to hear this again.",
    menu_test="Press {take} to say that this phone reaches you.",
    unheard="I heard no key.",
    wrong="That key means nothing here.",
    thanks="Thank you, {person}. Ticket {ticket} is yours. I have told the desk.",
    thanks_alone="Thank you, {person}. It is yours. I have told the desk.",
    thanks_test="Thank you, {person}. This phone reaches you. Goodbye.",
    connecting="Thank you, {person}. Ticket {ticket} is yours. I am connecting you.",
    yours="It is yours already, {person}, since {moment}. Goodbye.",
    taken="{name} has it since {moment}. There is nothing left to do. Goodbye.",
    over="This page is over. There is nothing left to do. Goodbye.",
    passed="I pass it on. Goodbye.",
    given_up="I go on to the next. Goodbye.",
    opened="This was written when it was opened: {text}.",
    opened_bare="Nothing more was written when it was opened.",
    wrote="{who} wrote: {text}.",
    replied="{who} replied: {text}.",
    noted="{who} noted: {text}.",
    silent_since="Nothing has been said since.",
    customer="The customer",
    desk="the desk",
)

FRENCH_SPEECH = PageSpeech(
    greeting="Ici Thirdline, un appel de {level} pour {person}.",
    greeting_alone="Ici Thirdline, un appel pour {person}, de la part de {by} : {reason}.",
    greeting_test="Ici Thirdline, un appel d'essai pour {person}.",
    about="{customer}, billet {ticket} : {subject}.",
    about_nobody="Billet {ticket} : {subject}.",
    others="Et {count} de plus du même client.",
    on_the_line="Le client est en ligne.",
    off_the_line="Le client a appelé, et n'est plus en ligne.",
    due="Une réponse est promise d'ici {moment}.",
    due_in="Une réponse est promise d'ici {moment}, dans {span}.",
    late="Une réponse était promise pour {moment}. Elle est en retard.",
    nothing="Rien n'est promis en ce moment.",
    because_category="On vous appelle pour cette raison : {category}.",
    because_level="On vous appelle parce que le {level} appelle aussitôt.",
    because_warning="On vous appelle parce que le temps de réponse s'épuise.",
    because_late="On vous appelle parce que la réponse est en retard.",
    because_asked="{by} vous demande : {reason}.",
    because_forgotten="Le billet avait été pris, et personne n'y a touché depuis.",
    menu="Faites le {take} pour le prendre, le 2 pour passer au suivant, le 3 pour en savoir plus, "
    "le 9 pour réécouter.",
    menu_line="Faites le {take} pour parler au client, le 2 pour passer au suivant, le 3 pour en savoir plus, "
    "le 9 pour réécouter.",
    menu_back="Faites le {take} pour le prendre et rappeler le client, le 2 pour passer au suivant, le 3 pour en "
    "savoir plus, le 9 pour réécouter.",
    menu_alone="Faites le {take} pour le prendre, le 2 pour passer au suivant, le 9 pour réécouter.",
    menu_test="Faites le {take} pour dire que ce téléphone vous joint.",
    unheard="Je n'ai entendu aucune touche.",
    wrong="Cette touche ne veut rien dire ici.",
    thanks="Merci, {person}. Le billet {ticket} est à vous. J'ai prévenu l'équipe.",
    thanks_alone="Merci, {person}. C'est à vous. J'ai prévenu l'équipe.",
    thanks_test="Merci, {person}. Ce téléphone vous joint. Au revoir.",
    connecting="Merci, {person}. Le billet {ticket} est à vous. Je vous mets en communication.",
    yours="C'est déjà à vous, {person}, depuis {moment}. Au revoir.",
    taken="{name} s'en occupe depuis {moment}. Il ne reste rien à faire. Au revoir.",
    over="Cet appel est réglé. Il ne reste rien à faire. Au revoir.",
    passed="Je passe au suivant. Au revoir.",
    given_up="Je passe au suivant. Au revoir.",
    opened="Voici ce qui était écrit à l'ouverture : {text}.",
    opened_bare="Rien de plus n'était écrit à l'ouverture.",
    wrote="{who} a écrit : {text}.",
    replied="{who} a répondu : {text}.",
    noted="{who} a noté : {text}.",
    silent_since="Rien n'a été dit depuis.",
    customer="Le client",
    desk="l'équipe",
)


def speech_in(language: str) -> PageSpeech:
    """English for whatever is not French."""
    return FRENCH_SPEECH if language == FRENCH else ENGLISH_SPEECH
