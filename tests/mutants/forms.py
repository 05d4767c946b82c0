"""Guards of what answers HTTP: headers, cookies, forms and pictures."""

from __future__ import annotations

from tests.mutants.mutant import cut, gone, instead, never, of

MUTANTS = (
    *of(
        "web/door/headers.py",
        "web/test_headers.py",
        cut("types are not guessed", "'X-Content-Type-Options': 'nosniff', "),
        cut("no frame holds a page", "'X-Frame-Options': 'DENY', "),
        cut("no other site hears where one comes from", "'Referrer-Policy': 'same-origin', "),
        cut("the server has no name", "'Server': '', "),
        cut("no window of another site", "'Cross-Origin-Opener-Policy': 'same-origin', "),
        gone(
            "every answer has a policy",
            "headers.setdefault('Content-Security-Policy', PLAIN_POLICY)",
        ),
        instead(
            "what is personal is not stored",
            "return 'no-store' if is_personal else 'no-cache'",
            "return 'no-cache'",
        ),
        never("https for a year", "is_https"),
    ),
    *of(
        "web/cookies.py",
        "web/test_sign_in_cookies.py web/test_sign_in.py",
        instead("no script reads a cookie", "httponly=True", "httponly=False", "Cookies._set"),
        instead("a cookie goes by https", "secure=self._is_https", "secure=False", "Cookies._set"),
        instead(
            "no other site sends a cookie", "samesite='lax'", "samesite='none'", "Cookies._set"
        ),
        instead("a cookie is of this host", "'__Host-' if is_https else ''", "''"),
    ),
    *of(
        "web/posts/forms.py",
        "web/test_hostile_forms.py web/test_cross_site.py web/test_send_message.py",
        instead("a form is of the same origin", "return site == 'same-origin'", "return True"),
        instead(
            "an old browser's Origin is ours",
            "return request.headers.get('origin') in origins",
            "return True",
        ),
        cut("a form has few fields", ", max_fields=MOST_FIELDS"),
        cut("a form has no files", "max_files=0, "),
        instead("no lone surrogates", "_clean(value)", "value", "fields_of"),
    ),
    *of(
        "web/routes.py",
        "web/test_cross_site.py",
        instead(
            "a POST of another site does nothing",
            "if is_from_our_pages(request, origins):",
            "if True:",
        ),
    ),
    *of(
        "web/posts/sign_in.py",
        "web/test_sign_in.py web/test_sign_in_cookies.py web/test_sign_out.py web/test_refresh.py "
        "services/test_hashing_pool.py",
        instead(
            "one goes on within the site",
            "after_sign_in(typed.get('next'))",
            "str(typed.get('next'))",
            "SignInPosts.sign_in",
        ),
        gone(
            "an earlier sign-in ends",
            "await self._end_earlier(request)",
            "SignInPosts.sign_in",
        ),
        gone(
            "signing out ends the sign-in",
            "await self._end_earlier(request)",
            "SignInPosts.sign_out",
        ),
        gone(
            "signing out takes the cookies",
            "self._cookies.clear(answer)",
            "SignInPosts.sign_out",
        ),
        gone("a refused refresh takes the cookies", "self._cookies.clear(refused)"),
        instead(
            "signing in runs in the pool",
            "await run_hashing(sign_ins.sign_in, Share.of_sign_in(request.state.network),",
            "await run(sign_ins.sign_in,",
        ),
    ),
    *of(
        "web/posts/export.py",
        "services/test_hashing_pool.py",
        instead(
            "a download begins in the pool",
            "await run_hashing(exports.begin, Share.of_account(who['owner_id']),",
            "await run(exports.begin,",
        ),
    ),
    *of(
        "web/prerendered/pages.py",
        "web/test_pages.py web/test_sign_in.py web/test_refresh.py web/test_surface.py "
        "web/test_leaving.py",
        instead(
            "an owner's page is no stranger's",
            "return sign_in_path(path) if path in PLACES else ''",
            "return ''",
        ),
        instead(
            "whoever leaves gets no other page",
            "return '' if path == LEAVING.path else LEAVING.path",
            "return ''",
        ),
        instead(
            "no link leads out of the site",
            "return asked if asked in PLACES else DASHBOARD.path",
            "return asked or DASHBOARD.path",
        ),
        instead(
            "a dead refresh token goes",
            "return (self._cookies.clear, None)",
            "return (_leave, None)",
        ),
    ),
    *of(
        "pictures/picture_cache.py",
        "web/test_pictures.py",
        never("few wait for a drawing", "self._waiting >= MOST_WAITING"),
        instead("few drawings are kept", "while self._used > self._room:", "while False:"),
        gone("what is thrown away takes no room", "self._used -= len(oldest)"),
    ),
    *of(
        "pictures/qr.py",
        "unit/test_qr.py",
        instead(
            "a picture has a size that makes sense",
            "min(max(int(asked), SMALLEST), LARGEST)",
            "int(asked)",
        ),
    ),
)
