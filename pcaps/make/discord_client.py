#!/usr/bin/env python3
"""discord_client.py ADDRESS PORT: discord.py, at a gateway of ours. It asks for a zlib stream."""
import asyncio
import sys

import discord
import yarl

discord.http.Route.BASE = "http://{}:{}/api/v10".format(*sys.argv[1:])
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL("ws://{}:{}/".format(*sys.argv[1:]))


async def main():
    client = discord.Client(intents=discord.Intents(guilds=True, messages=True))
    try:
        await asyncio.wait_for(client.start("MTAwMDAwMDAwMDAwMDAwMDAx.example.example"), 2.5)
    except asyncio.TimeoutError:
        pass
    await client.close()


asyncio.run(main())
