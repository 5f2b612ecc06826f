"""Stands in for kms++'s Python binding: picamera2 imports it for a preview window nobody opens."""


class PixelFormat:
    """Names of pixel formats; picamera2 only puts them into a table."""

    RGB888 = BGR888 = XRGB8888 = XBGR8888 = YUV420 = YVU420 = NV12 = None
