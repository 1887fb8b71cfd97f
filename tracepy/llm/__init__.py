"""Models: what is asked of them, what they answer, what that costs."""

from tracepy.llm.opening import OpenModel as OpenModel
from tracepy.llm.opening import check as check
from tracepy.llm.opening import open as open
from tracepy.llm.opening import preload as preload
from tracepy.llm.records import Answer as Answer
from tracepy.llm.records import Image as Image
from tracepy.llm.records import Message as Message
from tracepy.llm.records import Model as Model
from tracepy.llm.records import Request as Request
from tracepy.llm.records import Tool as Tool
from tracepy.llm.records import ToolCall as ToolCall
