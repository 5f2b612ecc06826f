"""The whole product on one machine: central service, outbox and booth on simulated devices."""
