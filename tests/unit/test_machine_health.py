"""What a booth's computer says of itself, from folders as the kernel makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.booth.machine_health import MachineHealth, look


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")


def test_a_raspberry_pi(tmp_path):
    write(
        tmp_path,
        **{
            "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
            "sys/class/thermal/thermal_zone0/temp": "61250",
            "sys/class/hwmon/hwmon1/name": "rpi_volt",
            "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1",
            "run/systemd/timesync/synchronized": "",
        },
    )
    assert look(tmp_path) == MachineHealth(61.25, under_voltage=True, clock_synchronised=True)


@pytest.mark.parametrize(("throttled", "low"), [("50005", True), ("50000", False), ("0", False)])
def test_an_older_kernel_tells_the_voltage_in_the_firmwares_word(tmp_path, throttled, low):
    write(tmp_path, **{"sys/devices/platform/soc/soc:firmware/get_throttled": throttled})
    assert look(tmp_path).under_voltage is low


def test_a_pc_is_as_hot_as_its_hottest_core(tmp_path):
    write(
        tmp_path,
        **{
            "sys/class/thermal/thermal_zone0/type": "iwlwifi_1",
            "sys/class/thermal/thermal_zone0/temp": "99000",
            "sys/class/hwmon/hwmon0/name": "nvme",
            "sys/class/hwmon/hwmon0/temp1_input": "90000",
            "sys/class/hwmon/hwmon2/name": "coretemp",
            "sys/class/hwmon/hwmon2/temp1_input": "48000",
            "sys/class/hwmon/hwmon2/temp2_input": "52000",
        },
    )
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    assert look(tmp_path) == MachineHealth(52.0, under_voltage=None, clock_synchronised=False)


@pytest.mark.parametrize("rubbish", ["", "hot", "\x00"])
def test_what_says_nothing_sensible_is_unknown(tmp_path, rubbish):
    write(
        tmp_path,
        **{
            "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
            "sys/class/thermal/thermal_zone0/temp": rubbish,
            "sys/class/hwmon/hwmon1/name": "rpi_volt",
            "sys/class/hwmon/hwmon1/in0_lcrit_alarm": rubbish,
            "sys/devices/platform/soc/soc:firmware/get_throttled": rubbish,
        },
    )
    assert look(tmp_path) == MachineHealth(None, None, None)
    assert look(tmp_path / "nothing") == MachineHealth(None, None, None)


def test_this_machine_can_be_looked_at():
    health = look()
    assert health.temperature_c is None or 0 < health.temperature_c < 150
