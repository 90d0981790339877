"""A small provider of OpenID Connect, as an organisation has one: it signs what it tells."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "hearwell", "a secret of the client"


class Provider:
    """Says who somebody is: `claims` are what it will tell of the next who comes."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims, self.token_claims, self.challenges = {}, {}, {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, asked):
        """Return the code that a person brings back who was sent here with this question."""
        assert asked["client_id"] == [CLIENT]
        assert asked["code_challenge_method"] == ["S256"]
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = asked["code_challenge"][0]
        return code

    def answers(self, path, posted):
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [key | {"kid": "1", "use": "sig", "alg": "RS256"}]}
        if path == "/userinfo":
            return self.claims
        if path == "/token" and self.is_due(posted):
            now = int(time.time())
            told = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60}
            told |= self.claims | self.token_claims
            return {
                "access_token": "opens userinfo",
                "token_type": "Bearer",
                "id_token": jwt.encode(told, self.key, "RS256", headers={"kid": "1"}),
            }
        return None

    def is_due(self, posted):
        """Does whoever wants a token hold the code, the secret and what the challenge was of?"""
        verifier = posted.get("code_verifier", "").encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        return (
            posted.get("client_secret") == SECRET
            and self.challenges.pop(posted.get("code"), None) == digest
        )

    def handler(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length") or 0)
                posted = {
                    name: value
                    for name, (value,) in parse_qs(self.rfile.read(length).decode()).items()
                }
                told = provider.answers(self.path, posted)
                body = json.dumps(told or {"error": "invalid_grant"}).encode()
                self.send_response(200 if told else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815  so it is called

            def log_message(self, *_):
                pass

        return Handler
