"""grpc_greeter.py server|client ADDRESS:PORT: a unary call and a bidirectional stream, as plain octets."""
import sys
from concurrent import futures

import grpc




def field(text):
    """A protobuf message with the string field 1."""
    return b"\x0a" + bytes([len(text)]) + text.encode()


class Greeter(grpc.GenericRpcHandler):
    def service(self, call):
        if call.method == "/verona.Greeter/Greet":
            return grpc.unary_unary_rpc_method_handler(lambda request, _: field("hail, ") + request)
        return grpc.stream_stream_rpc_method_handler(lambda requests, _: (each for each in requests))


def serve(address):
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[Greeter()])
    server.add_insecure_port(address)
    server.start()
    server.wait_for_termination()


def talk(address):
    with grpc.insecure_channel(address) as channel:
        channel.unary_unary("/verona.Greeter/Greet")(field("Romeo"))
        lines = ("Two households", "both alike in dignity", "in fair Verona")
        list(channel.stream_stream("/verona.Greeter/Talk")(iter(field(each) for each in lines)))


(serve if sys.argv[1] == "server" else talk)(sys.argv[2])
