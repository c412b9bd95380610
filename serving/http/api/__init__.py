"""The endpoints, their requests and responses, and the OpenAPI document that describes them."""
