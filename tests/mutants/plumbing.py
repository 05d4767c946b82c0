"""Guards of what all lean on: rules, secrets, counts, the database and the pools."""

from __future__ import annotations

from tests.mutants.mutant import Guard, cut, gone, instead, never, of

MUTANTS = (
    *of(
        "rules/input_bounds.py",
        "unit/test_input_bounds.py unit/test_rules.py scenarios/test_hostile_text.py",
        instead(
            "what cannot be stored is nothing",
            "'' if _UNSTORABLE.search(value) else value",
            "value",
        ),
        cut("input has an end", " or len(value) > longest", "text"),
        gone("no long runs are normalised", "refuse_long_runs(words)"),
        instead("a long run is refused", "run + len(list(after)) >= too_long", "False"),
        instead("a text is bounded first", "len(value) > SLACK * limit", "len(value) > 10 ** 9"),
    ),
    *of(
        "rules/plain_text.py",
        "unit/test_rules_messages.py services/accounts/test_profiles.py",
        never("a message has an end", "len(clean) > LONGEST_MESSAGE"),
        instead("no control characters", "not in {'Cc', 'Cs'}", "not in {'Cs'}"),
        gone("no turning of text", "words = _BIDI_CONTROLS.sub('', words)"),
        never("something is to be seen", "not any((is_visible(c) for c in clean))"),
        instead("a line has few letters", "len(clean) > longest", "len(clean) > 99999"),
        instead("a bio has few letters", "> LONGEST_BIO", "> 99999"),
    ),
    *of(
        "rules/identities.py",
        "unit/test_rules.py scenarios/test_hostile_text.py",
        never("reserved names are taken", "key in RESERVED_USERNAMES"),
        never("a name is no number", "shown.isdigit()"),
        gone("an address has no long runs", "refuse_long_runs(typed)"),
    ),
    *of(
        "rules/typed_secrets.py",
        "unit/test_rules.py scenarios/test_password_lengths.py",
        never("a password is long", "len(chosen) < SHORTEST_PASSWORD"),
        never("a password has an end", "len(chosen) > LONGEST_PASSWORD"),
        never("a password is hard", "guessing.is_easy(chosen, about=about)"),
        never("a code has six digits", "not _CODE.fullmatch(digits)"),
    ),
    *of(
        "security/guessing.py",
        "unit/test_guessing.py unit/test_rules.py",
        instead("an easy password is one", "score < ENOUGH", "score < 0"),
        instead("a judged password is short", "password[:READS]", "password"),
        instead(
            "a judged password is read in few ways",
            "ways_to_read(read) <= MOST_WAYS_TO_READ",
            "read",
        ),
    ),
    *of(
        "security/tokens.py",
        "unit/test_tokens.py unit/test_tokens_rotated.py",
        instead("a token has one purpose", "{'require'", "{'verify_aud': False, 'require'"),
        never("a token expires", "expires_at <= now.timestamp()"),
        instead("an algorithm is ours", "[_ALGORITHM]", "['HS256', 'HS384', 'HS512']"),
        never("a generation is a number", "not isinstance(claims.get('gen'), int)"),
        never("an empty secret signs nothing", "not secret"),
        instead(
            "a secret of before makes nothing new",
            " or claims['iat'] >= before.rotated_at.timestamp()",
            "",
        ),
        instead(
            "a secret of before ends",
            "not before.rotated_at <= now < before.rotated_at + _LIVES[kind]",
            "not before.rotated_at <= now",
        ),
    ),
    *of(
        "security/seals.py",
        "unit/test_seals.py",
        Guard(
            "a seal is of its row",
            "encrypt(nonce, plain, bound_to.encode())",
            "encrypt(nonce, plain, b'')",
            also=(
                (
                    "decrypt(nonce, ciphertext, bound_to.encode())",
                    "decrypt(nonce, ciphertext, b'')",
                ),
            ),
        ),
        instead("no nonce twice", "secrets.token_bytes(NONCE_BYTES)", "bytes(NONCE_BYTES)"),
    ),
    *of(
        "security/keys.py",
        "unit/test_keys.py unit/test_dangerous.py",
        instead("a digest has one purpose", "purpose.encode(), hashlib", "b'', hashlib"),
        instead("parts do not run together", "b'|%d|' % len(encoded) + encoded", "encoded"),
        instead(
            "digests are compared in constant time",
            "hmac.compare_digest(expected, digest)",
            "expected == digest",
        ),
    ),
    *of(
        "services/counters.py",
        "services/test_counters.py",
        cut("a count has a limit", ", where=or_(has_expired, col(Counter.count) < limit)"),
        never("a limit is told", "not took(ctx.db, statement)"),
        instead(
            "a period ends",
            "has_expired = col(Counter.resets_at) <= ctx.now",
            "has_expired = col(Counter.count) < 0",
        ),
    ),
    *of(
        "runtime/rate_limits.py",
        "unit/test_rate_limits.py",
        never("a limit refuses", "refusal is not None"),
        cut("what guards a secret is not set", " or (name in FIXED and line != LIMITS[name])"),
        instead(
            "what guards a secret is not scaled",
            "item.amount if name in FIXED else max(1, int(item.amount * factor))",
            "max(1, int(item.amount * factor))",
        ),
    ),
    *of(
        "runtime/counts.py",
        "unit/test_rate_limits.py",
        never("a limit is reached", "(wait := self._windows[name].hit(tuple(key), now))"),
    ),
    *of(
        "runtime/shared/shared_counts.py",
        "services/test_shared_counts.py",
        instead(
            "no owner is a key's name", "self._link.name('limit', *spending)", "'|'.join(spending)"
        ),
    ),
    *of(
        "runtime/shared/places.py",
        "services/test_places.py",
        never("a network has so many places", "not is_in"),
    ),
    *of(
        "runtime/shared/redis_checks.py",
        "services/test_redis_checks.py",
        never("Redis saves nothing", "told.get('save') or told.get('appendonly') == 'yes'"),
        never("Redis evicts nothing", "policy != 'noeviction'"),
    ),
    *of(
        "runtime/shared/bus.py",
        "services/test_bus.py",
        gone("all look again after a new subscription", "await self._look_again()"),
        never(
            "own tabs are told without Redis",
            "not (await self._is_sent(topics) and self.is_listening)",
        ),
    ),
    *of(
        "framework/tab_records.py",
        "framework/test_sealed_states.py",
        instead("a twin gets another token", "await self._claims(token)", "True"),
    ),
    *of(
        "config/redis_address.py",
        "unit/test_config.py",
        never(
            "Redis is private",
            "parts.scheme != 'unix' and (not password) and (not _is_this_machine(host))",
        ),
    ),
    *of(
        "runtime/shared/state_seals.py",
        "framework/test_sealed_states.py",
        instead("a state is sealed", "self._seal_of(tab).close(state, bound_to=key)", "state"),
    ),
    *of(
        "runtime/failed_sign_ins.py",
        "unit/test_rate_limits.py services/test_shared_counts.py",
        never("whoever failed waits", "found.blocked_until > now"),
        cut("a flood forgets nobody who waits", "found.waits > 0 or "),
        cut("a failure counts for its time only", " if at > recent"),
    ),
    *of(
        "runtime/sliding_windows.py",
        "unit/test_sliding_windows.py unit/test_rate_limits.py",
        instead(
            "an earlier window weighs", "max(0, before - 1 - before * elapsed // self._period)", "0"
        ),
        instead(
            "a guard forgets nobody early", "self._is_half_spent if guards else _never", "_never"
        ),
        instead("a window has an end", "elapsed >= 2 * self._period", "elapsed < 0"),
    ),
    *of(
        "runtime/generations.py",
        "unit/test_generations.py unit/test_sliding_windows.py",
        instead("room has an end", "len(shard.young) >= shard.fits", "len(shard.young) < 0"),
        instead("time has an end", "idle >= self._lives", "idle < 0"),
        cut("what guards outlasts a flood", " if self._outlasts(value)"),
    ),
    *of(
        "runtime/hashing.py",
        "services/test_hashing_pool.py",
        cut("the queue of the hashing pool has an end", " or self._taken.total() >= self._most"),
        cut("a share has an end", "taken >= share.places or "),
        gone("a place comes free", "self._taken[share.key] -= 1"),
        cut("a hash gives way", ", initializer=_give_way"),
        instead("sign-ins go first", "(not share.is_sign_in, taken,", "(True, taken,"),
        instead("each gets a turn", "(not share.is_sign_in, taken,", "(not share.is_sign_in, 0,"),
    ),
    *of(
        "runtime/context.py",
        "services/test_hashing_pool.py",
        never("nothing hashes outside the pool", "not self.may_hash"),
    ),
    *of(
        "services/peppers.py",
        "services/test_peppers.py scenarios/test_pepper_replaced.py services/test_background.py",
        never("another pepper does not start", "(found := problems(ctx))"),
        instead("a missing pepper is missed", "if lost else []", "if False else []"),
    ),
    *of(
        "services/purges.py",
        "services/test_purges.py",
        gone(
            "old links go",
            "db.exec(delete(MailedLink).where(col(MailedLink.expires_at) <= ctx.now))",
        ),
        gone(
            "old send keys go", "db.exec(delete(SendKey).where(col(SendKey.expires_at) <= ctx.now))"
        ),
        gone(
            "old names go",
            "db.exec(delete(HeldUsername).where(col(HeldUsername.held_until) <= ctx.now))",
        ),
        gone("old counts go", "db.exec(delete(Counter).where(col(Counter.resets_at) <= ctx.now))"),
        cut("ended sign-ins go", ", col(SignInSession.ended_at).is_not(None)"),
        cut("waiting mails stay", "col(Mail.sealed).is_(None), "),
        gone(
            "mails in the folder go in time",
            "mailer.purge(ctx.settings, before=ctx.now - SENT_MAIL_LIVES)",
        ),
    ),
    *of(
        "database/engine.py",
        "database/test_engine.py",
        instead("the file is its owner's", "self.file.touch(mode=384)", "self.file.touch()"),
        instead("the folder is its owner's alone", "mkdir(mode=448, ", "mkdir("),
        cut("what is deleted is overwritten", ", 'secure_delete=ON'"),
        cut("a row has its owner", "'foreign_keys=ON', "),
        instead(
            "a writer has the lock first", "'BEGIN IMMEDIATE' if writes else 'BEGIN'", "'BEGIN'"
        ),
        instead("the log is cut", "wal_checkpoint(TRUNCATE)", "wal_checkpoint(PASSIVE)"),
    ),
    *of(
        "framework/open_files.py",
        "framework/test_open_files.py",
        gone(
            "the limit on open files is raised",
            "resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))",
        ),
        never("a low limit is told", "limit < ENOUGH"),
    ),
    *of(
        "framework/server.py",
        "commands/test_serve.py",
        cut("a silent connection is closed", "'http': HTTPModes.http1, ", only="silent"),
        cut("a killed worker is replaced", "'respawn_failed_workers': True, ", only="killed"),
        never(
            "a worker that can't start isn't replaced",
            "any(((self.wrks[each].inner.exitcode or 0) > 0 for each in workers))",
            only="pepper",
        ),
        gone("nobody listens on the port already", "_expect_free(host, port)", only="in_use"),
    ),
    *of(
        "framework/server.py",
        "web/test_half_open.py",
        instead(
            "connections stay below the limit on open files",
            "max(1, raise_limit() - OTHER_FILES)",
            "raise_limit()",
            only="low",
        ),
    ),
    *of(
        "config/secret_settings.py",
        "unit/test_config.py unit/test_config_rotation.py unit/test_config_peppers.py",
        never("a secret is long", "len(secret) < SHORTEST_SECRET"),
        never("a secret has many characters", "len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS"),
        never("secrets differ", "len(set(secrets_set)) < len(secrets_set)"),
    ),
    *of(
        "config/kept_secrets.py",
        "unit/test_config_secrets.py unit/test_config.py",
        instead("the secrets are their owner's", "draft.touch(mode=384)", "draft.touch()"),
        instead("the data folder is its owner's", "mkdir(mode=448, ", "mkdir(", "kept_in"),
        never("a look makes no secrets", "not made"),
    ),
    *of(
        "config/sharing_settings.py",
        "unit/test_config.py",
        never("workers share", "value > 1 and info.data.get('redis_url') == ''"),
        never("instances share", "value == 'several' and info.data.get('redis_url') == ''"),
    ),
    *of(
        "config/secret_files.py",
        "unit/test_config_files.py",
        never("a setting has one source", "asked(name)"),
        never("a file has an end", "len(value) > LONGEST"),
        instead("an empty file is no value", "if value.strip() else", "if True else"),
    ),
    *of(
        "runtime/readiness.py",
        "unit/test_readiness.py",
        never("a server that stops is not ready", "self._is_stopping()"),
        never("a start is not ready", "not self.parts"),
        instead("a part that hangs is asked once", "if name not in self._asked:", "if True:"),
        instead("a part has a second", "timeout=self._within", "timeout=None"),
        instead("one who leaves ends no look", "asyncio.shield(self._looking)", "self._looking"),
        instead(
            "an answer is kept for a second", ">= self._kept", ">= 0", inside="Readiness._is_old"
        ),
    ),
    *of(
        "services/health.py",
        "services/test_health.py",
        gone("tables are of this release", "revisions.expect_known(db.connection())"),
        cut("a slow mail service turns nobody away", "idle > MAIL_WITHIN and "),
        instead("mail that nobody sends is told", "> MAIL_WITHIN:", "> MAIL_WITHIN * 999:"),
    ),
    *of(
        "framework/server.py",
        "commands/test_stop.py",
        gone("from a stop on nothing is ready", "stopping.begin()"),
        gone("a stop waits for the proxy", "self._drain()"),
        cut("a second signal ends the wait", "self._stops < 2 and "),
    ),
    *of(
        "runtime/instruments.py",
        "web/test_metrics.py",
        gone("no series tells when it began", "disable_created_metrics()"),
    ),
    *of(
        "runtime/metrics.py",
        "unit/test_metrics.py commands/test_metrics.py",
        gone("a start counts from zero", "file.unlink()"),
        cut("nothing of the operator's is deleted", " if name"),
        gone("what a dead worker had open is gone", "mark_process_dead(process, str(folder))"),
        instead("one worker needs no files", "workers == 1", "False"),
    ),
    *of(
        "framework/logs.py",
        "framework/test_logs.py",
        instead(
            "no text of an exception is logged", "if record.exc_info else ' '", "if False else ' '"
        ),
        gone("what nobody caught has no traceback", "sys.excepthook = _log_uncaught"),
    ),
)
