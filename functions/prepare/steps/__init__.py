"""The steps of the preparation: plan, profile, fit, encode; and two parts of fit beside them."""
