"""Why a photo is rejected: the fixed catalogue.

Each reason has its words for the student, what to do better, the guidance hint that prevents it
at the booth, and, for the usual ones, the digit that gives it on the review page. Codes stay for
ever: old orders refer to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        code: stable name.
        zh: what is wrong, Chinese.
        en: what is wrong, English.
        advice_zh: what the student does about it, Chinese.
        advice_en: what the student does about it, English.
        hint: key of the live hint (`kiosk.guidance.hints`) that prevents it, empty when a live
            picture can't show it.
        key: digit on the review page, empty for the rare ones.
    """

    code: str
    zh: str
    en: str
    advice_zh: str
    advice_en: str
    hint: str = ""
    key: str = ""


_ALL = (
    Reason(
        "head_pose", "头部歪斜或转向一侧", "Head tilted or turned",
        "面向镜头，头部端正", "Face the camera and keep the head upright",
        hint="level_head_left", key="1",
    ),
    Reason(
        "eyes", "眼睛未自然睁开或未看镜头", "Eyes not open, or looking aside",
        "双眼自然睁开，平视镜头", "Open both eyes naturally and look into the lens",
        hint="open_eyes", key="2",
    ),
    Reason(
        "mouth", "嘴巴张开或露齿", "Mouth open, or teeth showing",
        "双唇自然闭合，表情自然", "Close the lips, with a natural expression",
        hint="close_mouth", key="3",
    ),
    Reason(
        "hair_ears", "头发遮挡眉、眼或耳", "Hair over brows, eyes or ears",
        "整理头发，露出眉毛、眼睛和双耳", "Put the hair back: brows, eyes and both ears show",
        key="4",
    ),
    Reason(
        "glasses", "眼镜不符合要求或反光", "Glasses not allowed, or reflecting",
        "请摘下眼镜重新拍摄", "Take the glasses off for the photo",
        key="5",
    ),
    Reason(
        "light", "光线不均、有阴影或高光", "Uneven light, shadows or shine",
        "正对镜头坐好；请工作人员检查灯光", "Sit straight to the camera; ask staff about the lamps",
        hint="even_light", key="6",
    ),
    Reason(
        "background", "背景不干净或人像边缘缺损", "Background or outline not clean",
        "身后不要有人或物品，与背景保持距离", "Nobody and nothing behind you; off the backdrop",
        hint="clear_background", key="7",
    ),
    Reason(
        "clothes", "服装不符合要求或与背景相近", "Clothes unsuitable or blending in",
        "穿与背景颜色明显不同的有领上衣", "Wear a collared top clearly unlike the background",
        key="8",
    ),
    Reason(
        "sharpness", "照片模糊", "Photo blurred",
        "拍摄时保持不动", "Keep still for the shot",
        hint="hold_still", key="9",
    ),
    Reason(
        "composition", "头部大小或位置不符合要求", "Head's size or place not right",
        "按屏幕上的提示调整座位", "Follow the screen's hints to place the seat",
        hint="move_left",
    ),
    Reason(
        "shoulders", "双肩不平或身体倾斜", "Shoulders not level",
        "坐直，双肩放平", "Sit up, shoulders level",
        hint="level_shoulders_left",
    ),
    Reason(
        "ornaments", "佩戴饰品、帽子或妆容过浓", "Jewellery, headwear, heavy make-up",
        "摘下饰品和帽子，淡妆或素颜", "Take jewellery and headwear off; light make-up or none",
    ),
    Reason(
        "not_original", "照片为翻拍或经过修饰", "Retouched, or taken of a print",
        "请在拍照亭重新拍摄", "Have it taken again at a booth",
    ),
    Reason(
        "wrong_person", "照片与本人信息不符", "Not the person named",
        "请本人使用自己的图像采集码拍摄", "Come yourself, with your own capture code",
    ),
)  # fmt: skip

REASONS: Mapping[str, Reason] = MappingProxyType({reason.code: reason for reason in _ALL})
"""Code to reason, in the order of the review page."""
