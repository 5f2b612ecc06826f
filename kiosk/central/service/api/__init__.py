"""The booths' side of the service: JSON, as `kiosk.central.contract` says."""
