"""Input rules: raw text in, clean text or an AppError out.

Values arrive exactly as the browser sent them. They may be a dict, None or five
thousand digits, because neither Reflex nor HTTP validates them. Every rule bounds
a value's length before it does any work on it, and `input_bounds` is the only
module that normalises.
"""

from anonmsg.rules.folding import fold as fold
from anonmsg.rules.folding import search_words as search_words
from anonmsg.rules.folding import spans as spans
from anonmsg.rules.identities import Email as Email
from anonmsg.rules.identities import Username as Username
from anonmsg.rules.identities import email as email
from anonmsg.rules.identities import username as username
from anonmsg.rules.identities import username_key as username_key
from anonmsg.rules.input_bounds import LONGEST_INPUT as LONGEST_INPUT
from anonmsg.rules.input_bounds import SLACK as SLACK
from anonmsg.rules.input_bounds import TooManyMarks as TooManyMarks
from anonmsg.rules.input_bounds import text as text
from anonmsg.rules.plain_text import LONGEST_BIO as LONGEST_BIO
from anonmsg.rules.plain_text import LONGEST_DISPLAY_NAME as LONGEST_DISPLAY_NAME
from anonmsg.rules.plain_text import LONGEST_MESSAGE as LONGEST_MESSAGE
from anonmsg.rules.plain_text import LONGEST_NOTE as LONGEST_NOTE
from anonmsg.rules.plain_text import LONGEST_PROMPT as LONGEST_PROMPT
from anonmsg.rules.plain_text import bio as bio
from anonmsg.rules.plain_text import display_name as display_name
from anonmsg.rules.plain_text import message as message
from anonmsg.rules.plain_text import note as note
from anonmsg.rules.plain_text import prompt as prompt
from anonmsg.rules.time_zones import LONGEST_TIME_ZONE as LONGEST_TIME_ZONE
from anonmsg.rules.time_zones import day as day
from anonmsg.rules.time_zones import time_zone as time_zone
from anonmsg.rules.typed_secrets import LONGEST_PASSWORD as LONGEST_PASSWORD
from anonmsg.rules.typed_secrets import SHORTEST_PASSWORD as SHORTEST_PASSWORD
from anonmsg.rules.typed_secrets import code as code
from anonmsg.rules.typed_secrets import new_password as new_password
from anonmsg.rules.typed_secrets import password as password
from anonmsg.rules.typed_secrets import two_factor_code as two_factor_code
