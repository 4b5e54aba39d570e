#!/usr/bin/env python3
"""xmpp_slixmpp.py ADDRESS PORT JID PASSWORD: another client library, for other habits on the wire."""
import asyncio
import sys

import slixmpp

address, port, jid, password = sys.argv[1:]


class Romeo(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password)
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0199")
        self.register_plugin("xep_0198")
        self.add_event_handler("session_start", self.talk)
        self.add_event_handler("failed_auth", lambda _: sys.exit(1))

    async def talk(self, _):
        self.send_presence()
        await self.get_roster()
        self.send_message(mto=jid, mbody="But, soft! what light through yonder window breaks?")
        await asyncio.sleep(0.5)
        self.disconnect()


romeo = Romeo()
romeo["feature_mechanisms"].unencrypted_scram = True
romeo["feature_mechanisms"].unencrypted_plain = True
romeo._dns_answers = iter([])  # or it looks for port 5222 of that address
romeo.connect((address, int(port)), disable_starttls=True, force_starttls=False)
romeo.process(forever=False)
