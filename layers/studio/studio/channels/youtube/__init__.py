"""YouTube: uploads that resume, captions, thumbnails, comments, live events and measured figures."""

from studio.channels.google import ChatClosed, CommentsClosed
from studio.channels.youtube.analytics import DayFigures, RetentionPoint, VideoFigures, YouTubeAnalytics
from studio.channels.youtube.comments import Comment, CommentPage, Thread, YouTubeComments
from studio.channels.youtube.details import VideoDetails, problems, tags_length
from studio.channels.youtube.live import Broadcast, ChatMessage, ChatPage, YouTubeLive
from studio.channels.youtube.videos import PopularVideo, VideoState, YouTube

__all__ = [
    "Broadcast",
    "ChatClosed",
    "ChatMessage",
    "ChatPage",
    "Comment",
    "CommentPage",
    "CommentsClosed",
    "DayFigures",
    "PopularVideo",
    "RetentionPoint",
    "Thread",
    "VideoDetails",
    "VideoFigures",
    "VideoState",
    "YouTube",
    "YouTubeAnalytics",
    "YouTubeComments",
    "YouTubeLive",
    "problems",
    "tags_length",
]
