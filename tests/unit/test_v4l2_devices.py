"""USB cameras are known by port and serial, in a made-up tree of `dev` and `sys`."""

from __future__ import annotations

import pytest
from v4l2_cameras import CameraTree

from hardware.errors import DeviceLost, Misconfigured
from hardware.uvc_sizes import stream_size
from hardware.v4l2_devices import cameras, choose, video_devices
from hardware.v4l2_ioctl import FrameSize


@pytest.fixture
def tree(tmp_path):
    return CameraTree(tmp_path)


def found(tree):
    """The cameras; with metadata nodes told apart by their number being odd, as these are."""
    return cameras(tree.root, lambda node: int(node.name.removeprefix("video")) % 2 == 0)


def test_a_camera_is_read_with_all_its_names(tree):
    tree.plug_in(2, port="1-1.4", card="Brio 4K", usb_id="046d:085e", serial="F00D")
    (device,) = video_devices(tree.root)
    assert device.node == tree.node(2)
    assert (device.card, device.port, device.usb_id) == ("Brio 4K", "1-1.4", "046d:085e")
    assert device.describe() == "Brio 4K (046d:085e, serial F00D) at port 1-1.4"
    for name in (
        "1-1.4", "F00D", "046d:085e", "046d:085e:F00D",
        "/dev/v4l/by-id/usb-Brio_4K_F00D-video-index0",
        "pci-0000:00:14.0-usb-0:1.4:1.0-video-index0",
    ):  # fmt: skip
        assert choose([device], name) == device


def test_metadata_nodes_are_no_cameras(tree):
    tree.plug_in(0, port="1-1.2")
    tree.plug_in(1, port="1-1.3", metadata=True)
    assert [device.node.name for device in found(tree)] == ["video0"]


def test_a_node_that_is_no_video_device_is_no_camera(tree):
    tree.plug_in()
    assert cameras(tree.root) == ()  # here the nodes are plain files, and the kernel says so


def test_nodes_of_other_buses_are_left_alone(tree):
    tree.plug_in(4)
    built_in = tree.root / "sys/devices/platform/isp/video4linux/video0"
    built_in.mkdir(parents=True)
    (built_in / "device").symlink_to("../..")
    (tree.root / "sys/class/video4linux/video0").symlink_to(built_in)
    assert [device.node.name for device in video_devices(tree.root)] == ["video4"]


def test_the_same_camera_is_found_under_whatever_number(tree):
    tree.plug_in(0, port="1-1.2", serial="LEFT")
    tree.plug_in(2, port="1-1.3", serial="RIGHT")
    assert choose(found(tree), "RIGHT").node.name == "video2"
    tree.pull_out(0)
    tree.pull_out(2)
    tree.plug_in(4, port="1-1.2", serial="LEFT")
    tree.plug_in(0, port="1-1.3", serial="RIGHT")
    assert choose(found(tree), "RIGHT").node.name == "video0"
    assert choose(found(tree), "1-1.2").node.name == "video4"


def test_without_a_name_the_first_port_is_taken(tree):
    tree.plug_in(0, port="1-1.10")
    tree.plug_in(2, port="1-1.9", card="First")
    assert choose(found(tree), "").card == "First"


def test_numbers_are_refused_with_the_names_that_last(tree):
    tree.plug_in()
    with pytest.raises(Misconfigured, match=r"numbers them anew.*at port 1-1\.2"):
        choose(found(tree), "/dev/video0")


def test_two_of_a_kind_need_the_port(tree):
    tree.plug_in(0, port="1-1.2", serial="SAME")
    tree.plug_in(2, port="1-1.3", serial="SAME")
    with pytest.raises(Misconfigured, match=r"fits 2 cameras.*1-1\.2.*1-1\.3"):
        choose(found(tree), "SAME")


def test_an_absent_camera_is_told_with_those_there_are(tree):
    with pytest.raises(DeviceLost, match="No USB camera is plugged in"):
        choose(found(tree), "")
    tree.plug_in(card="Other")
    with pytest.raises(DeviceLost, match=r"'1-4' is not plugged in.*There is: Other"):
        choose(found(tree), "1-4")


OFFERED = (
    FrameSize(640, 480, 30.0),
    FrameSize(1280, 720, 30.0),
    FrameSize(1920, 1080, 29.97),
    FrameSize(3840, 2160, 5.0),
)


def test_the_largest_size_that_comes_fast_enough():
    assert stream_size(OFFERED, 25.0) == (1920, 1080)
    assert stream_size(OFFERED, 5.0) == (3840, 2160)
    assert stream_size([FrameSize(3840, 2160, 5.0)], 25.0) == (3840, 2160)
    assert stream_size([FrameSize(800, 600)], 25.0) == (800, 600)
    assert stream_size([], 25.0) is None


def test_the_smallest_size_that_is_enough():
    assert stream_size(OFFERED, 25.0, (1000, 700)) == (1280, 720)
    assert stream_size(OFFERED, 25.0, (1280, 720)) == (1280, 720)
    assert stream_size(OFFERED, 25.0, (5000, 3000)) == (1920, 1080)
