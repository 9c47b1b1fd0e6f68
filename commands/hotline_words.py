"""What callers hear on the hotline, sentence by sentence; the words in braces are filled in, cleaned for the ear."""

from __future__ import annotations

PIN = "Please enter your PIN of eight digits. If you have none, press the hash key."
PIN_WRONG = "I do not know that PIN. Please enter it again, or press the hash key to go on without it."
PIN_LOCKED = "I cannot find that PIN."
UNKNOWN = (
    "Without a PIN I cannot tell who you are, so I may not call an engineer. Please leave a message after the tone, "
    "with your company, your number and what is wrong. It becomes a ticket, and it will be answered. Press the hash "
    "key when you are done."
)
WELCOME = "Welcome, {customer}. You have telephone support with {level}."
WELCOME_OPTION = "Welcome, {customer}. You have telephone support as an option."
NOT_OWED = (
    "Welcome, {customer}. You are on {level}, whose support is by e-mail. Telephone support comes with Level Three. "
    "Please leave a message after the tone and say what is wrong. It becomes a ticket of your own level, and it will "
    "be answered. Press the hash key when you are done."
)
CREDIT = (
    "Welcome, {customer}. You are on {level}, whose support is by e-mail. You have {credits} for one incident by "
    "telephone. Press 1 to use one now, or 2 to leave a message."
)
CLOSED = (
    "Our desk is closed now and opens again {opens}. In an emergency press 1, and I call the engineer on duty. "
    "Press 2 to leave a message."
)
WHICH = (
    "For a ticket that you have, enter its number and press the hash key. For something new, press the hash key alone."
)
NOT_YOURS = "I find no open ticket {ticket} of yours, so I open a new one."
OPENED = (
    "I have opened ticket {ticket} for you and am calling the engineer on duty. Please stay on the line. If we are cut "
    "off, you will be called back."
)
FOUND = "This is about ticket {ticket}. I am calling the engineer on duty. Please stay on the line."
NOBODY = (
    "I am sorry, nobody has answered yet, and I go on calling. Press 1 to be called back, 2 to leave a message, or 3 "
    "to keep waiting."
)
NOBODY_WITHHELD = (
    "I am sorry, nobody has answered yet, and I go on calling. Press 2 to leave a message, or 3 to keep waiting."
)
CALL_BACK = "You will be called back at the number that you are calling from. Ticket {ticket} says so. Goodbye."
SPEAK = "Please leave a message after the tone, and press the hash key when you are done."
THANKS = "Thank you. Your message is with ticket {ticket}. Goodbye."
THANKS_NEW = "Thank you. Your message becomes a ticket now. Goodbye."
GOODBYE = "Thank you for calling. Goodbye."
CUT_OFF = "The engineer has left the line. If you were cut off, press 1, and I connect you again. Otherwise, goodbye."
AGAIN = "I am calling the engineer again. Please stay on the line."
FULL = "I cannot open another ticket for you now. Please leave a message after the tone."

LINE = "{level}, {customer}, ticket {ticket}, on the line. Press 1 to talk to them."
LINE_BACK = "{customer}, ticket {ticket}, wants to be called back. Press 1, and I call them."
LINE_DIAL = "You asked me to call {customer} about ticket {ticket}. Press 1, and I call them."
CONNECTING = "I am connecting you."
CALLING = "I am calling them. Please stay on the line."
HUNG_UP = "They have hung up. I am calling them back. Please stay on the line."
HUNG_UP_WITHHELD = "They have hung up, and their number was withheld, so I cannot call them back. Goodbye."
CUSTOMER = "This is your support desk, calling about ticket {ticket}. Press 1 to talk to the engineer."
TOO_LATE = "There is nobody to talk to any more. Goodbye."
NO_ANSWER = "They did not answer. Goodbye."
