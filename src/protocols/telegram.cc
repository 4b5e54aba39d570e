// Telegram's MTProto in streams (core.telegram.org/mtproto/mtproto-transports): four transports in
// the clear, three of them also obfuscated, on TCP, in WebSockets and inside what only looks like
// TLS.
//
//   client:  ef | ee ee ee ee | dd dd dd dd | (nothing: full) | 64 octets (obfuscated), then frames
//   server:  frames
//
// Obfuscated streams hold their key, so they are opened; only what frames begin with is. A stream
// whose beginning was not captured is read as abridged, intermediate or full frames, if a portion
// begins like one. All streams that begin like nothing else come here: 64 octets of the client
// decide, by one block of AES.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include <zlib.h>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/mtproto_dialogue.h"
#include "protocols/support/mtproto_message.h"
#include "protocols/support/mtproto_obfuscation.h"
#include "protocols/support/mtproto_transport.h"
#include "secrets/tls_secrets.h"

namespace parlance {
namespace {

constexpr int kFramesAtMost = 64;  // of both directions: a proven stream is followed so far
// The first message of the full transport begins a session. It is small, and so not taken for something
// else that begins with a little-endian length and zeros.
constexpr uint32_t kFirstFullAtMost = 1U << 16;
constexpr size_t kExcerpt = 64;
constexpr size_t kFrameHead = MtprotoFrame::kLongestHeader + MtprotoMessage::kHead;

class Telegram : public Parser {
 public:
  explicit Telegram(const Start& start) : midstream_(start.midstream) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = side(direction);
    if (over_ || from.lost) return;
    const Bytes view = from.input.append(octets);
    size_t used = 0;
    if (!transport_) used = begin(direction, view, findings);
    if (transport_) used += read(direction, view.subspan(used), from.input.offset() + used, findings);
    from.input.consume(over_ ? view.size() : used);
  }

  /// A hole inside a message that is passed over does no harm, unless its checksum is wanted.
  void gap(Direction direction, uint64_t length, Findings& findings) override {
    Side& from = side(direction);
    if (over_ || from.lost) return;
    if (!transport_) return stop("a hole in the beginning", findings);
    if (length > 0 && length <= from.left && transport_ != MtprotoTransport::full) {
      from.left -= static_cast<uint32_t>(length);
      from.input.skip_gap(length);
      if (from.left == 0) end_frame(direction, findings);
      return;
    }
    from.lost = true;
    if (side(opposite(direction)).lost) stop("holes in both directions", findings);
  }

 private:
  struct Side {
    InputBuffer input;
    bool lost = false;
    uint32_t left = 0;  // octets of the frame that are passed over, its checksum among them
    // Of that frame:
    MtprotoMessage message;
    uint64_t offset = 0;
    std::array<uint8_t, kExcerpt> head{};
    size_t head_octets = 0;
    uLong checksum = 0;         // so far
    uint32_t stated_checksum = 0;  // so far
    uint32_t frames = 0;        // before it
    std::optional<uint32_t> first_number;  // of the frames, in the full transport
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  // ---- which transport?

  /// Octets used by what a stream begins with. Where only the handshake of TCP was not captured, what is
  /// called midstream begins as any other.
  size_t begin(Direction direction, Bytes view, Findings& findings) {
    if (view.empty()) return 0;
    if (direction == Direction::to_client) {
      return midstream_ ? begin_midstream(direction, view, findings) : begin_at_server(view, findings);
    }
    if (view[0] == 0xef) return choose(MtprotoTransport::abridged, 1);
    if (view.size() < 4) return 0;
    if (is_repeated(view.first(4), 0xee)) return choose(MtprotoTransport::intermediate, 4);
    if (is_repeated(view.first(4), 0xdd)) return choose(MtprotoTransport::padded, 4);
    if (view.size() < MtprotoFrame::kLongestHeader) return 0;
    if (begins_full(view)) return choose(MtprotoTransport::full, 0);
    if (view.size() >= MtprotoObfuscation::kHeader) {
      const size_t used = open_obfuscated(view.first(MtprotoObfuscation::kHeader), findings);
      if (used > 0) return used;
      if (!midstream_) return refuse("the first 64 octets do not open", findings);
    }
    return midstream_ ? begin_midstream(direction, view, findings) : 0;
  }

  static bool is_repeated(Bytes octets, uint8_t octet) {
    return std::all_of(octets.begin(), octets.end(), [&](uint8_t each) { return each == octet; });
  }

  static bool begins_full(Bytes view) {
    const MtprotoFrame frame = read_mtproto_frame(MtprotoTransport::full, view, Direction::to_server);
    return frame.kind == MtprotoFrame::Kind::frame && frame.number == 0 && frame.length <= kFirstFullAtMost &&
           frame.length % 4 == 0;
  }

  size_t choose(MtprotoTransport transport, size_t used) {
    transport_ = transport;
    if (transport == MtprotoTransport::full) dialogue_.set_transport(MtprotoDialogue::Transport::checked);
    return used;
  }

  /// Octets used; 0 if it does not open.
  size_t open_obfuscated(Bytes header, Findings& findings) {
    obfuscation_ = MtprotoObfuscation::open(header, findings.secrets().mtproxies());
    if (!obfuscation_) return 0;
    dialogue_.set_transport(MtprotoDialogue::Transport::opened);
    choose(obfuscation_->transport(), 0);
    confirm("obfuscated-header", {Direction::to_server, 0, header},
            obfuscation_->proxied()
                ? "64 octets that hold a key; under it and a proxy's secret they end with a transport's mark"
                : "64 octets that hold a key; under it they end with a transport's mark",
            findings);
    findings.note("telegram.obfuscated", true);
    if (obfuscation_->proxied()) {
      findings.note("telegram.proxied", true);
      findings.note("telegram.data_centre", int64_t{obfuscation_->data_centre()});
    }
    return header.size();
  }

  /// The server speaks second, and only the full transport and the key exchange show without the client.
  size_t begin_at_server(Bytes view, Findings& findings) {
    const InputBuffer& client = side(Direction::to_server).input;
    if (client.offset() + client.kept() > 0) return refuse("the server answers too early", findings);
    if (view.size() < kFrameHead) return 0;
    for (const auto each :
         {MtprotoTransport::abridged, MtprotoTransport::intermediate, MtprotoTransport::full}) {
      const MtprotoFrame frame = read_mtproto_frame(each, view, Direction::to_client);
      if (frame.kind != MtprotoFrame::Kind::frame || frame.number != 0) continue;
      const auto message = message_of(frame, view, each, Direction::to_client);
      if (message && message->kind == MtprotoMessage::Kind::plain) return choose(each, 0);
    }
    return refuse("no answer of the key exchange", findings);
  }

  size_t begin_midstream(Direction direction, Bytes view, Findings& findings) {
    if (view.size() < kFrameHead) return 0;
    for (const auto each :
         {MtprotoTransport::abridged, MtprotoTransport::intermediate, MtprotoTransport::full}) {
      const MtprotoFrame frame = read_mtproto_frame(each, view, direction);
      if (frame.kind != MtprotoFrame::Kind::frame || frame.length > kFirstFullAtMost) continue;
      const auto message = message_of(frame, view, each, direction);
      if (message && message->kind == MtprotoMessage::Kind::encrypted) {
        dialogue_.set_transport(MtprotoDialogue::Transport::guessed);
        return choose(each, 0);  // of the full transport the checksums have to be right
      }
    }
    return refuse("the first portion does not begin with a frame", findings);
  }

  // ---- frames

  size_t read(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      size_t step = 0;
      if (from.left > 0) {
        step = pass(from, view.subspan(used));
        if (from.left == 0) end_frame(direction, findings);
      } else {
        step = begin_frame(direction, view.subspan(used), offset + used, findings);
        if (step == 0) break;
      }
      used += step;
    }
    return used;
  }

  /// Octets used, 0 if more are needed.
  size_t begin_frame(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    std::array<uint8_t, kFrameHead> opened;
    Bytes head = first_of(view, kFrameHead);
    if (obfuscation_) {
      obfuscation_->apply(direction, offset, head, opened);
      head = Bytes(opened).first(head.size());
    }
    const MtprotoFrame frame = read_mtproto_frame(*transport_, head, direction);
    if (frame.kind == MtprotoFrame::Kind::need_more) return 0;
    if (frame.kind == MtprotoFrame::Kind::quick_ack) {
      if (++quick_acks_ > kFramesAtMost) return refuse("quick acknowledgements alone", findings);
      return frame.header;
    }
    if (frame.kind == MtprotoFrame::Kind::none) return refuse("no frame where one should begin", findings);
    const auto message = message_of(frame, head, *transport_, direction);
    if (!message) return 0;
    if (message->kind == MtprotoMessage::Kind::none) return refuse("a frame without a message", findings);
    Side& from = side(direction);
    if (*transport_ == MtprotoTransport::full) {
      if (!from.first_number) from.first_number = midstream_ ? frame.number : 0;
      if (frame.number != *from.first_number + from.frames) {
        return refuse("frames out of their order", findings);
      }
    }
    from.message = *message;
    from.offset = offset;
    from.left = frame.length;
    from.head_octets = std::min(kExcerpt, view.size());
    std::copy_n(view.begin(), from.head_octets, from.head.begin());
    if (*transport_ == MtprotoTransport::full) {
      from.left += MtprotoFrame::kChecksum;
      from.checksum = crc32(0, view.data(), static_cast<uInt>(frame.header));
      from.stated_checksum = 0;
    }
    return frame.header;
  }

  /// The message that begins in `head` behind the frame's header; nothing if more of it is needed.
  static std::optional<MtprotoMessage> message_of(const MtprotoFrame& frame, Bytes head,
                                                  MtprotoTransport transport, Direction direction) {
    const size_t wanted = std::min<size_t>(frame.length, MtprotoMessage::kHead);
    if (head.size() < frame.header + wanted) return std::nullopt;
    return read_mtproto_message(head.subspan(frame.header, wanted), frame.length,
                                transport == MtprotoTransport::padded, direction);
  }

  /// Passes over what has come of a frame. Octets used.
  size_t pass(Side& from, Bytes view) {
    const Bytes part = first_of(view, from.left);
    if (*transport_ == MtprotoTransport::full) {
      const size_t before = from.left - std::min<size_t>(from.left, MtprotoFrame::kChecksum);
      const Bytes covered = first_of(part, before);
      from.checksum = crc32(from.checksum, covered.data(), static_cast<uInt>(covered.size()));
      for (const uint8_t each : part.subspan(covered.size())) {
        from.stated_checksum = from.stated_checksum >> 8 | uint32_t{each} << 24;
      }
    }
    from.left -= static_cast<uint32_t>(part.size());
    return part.size();
  }

  void end_frame(Direction direction, Findings& findings) {
    Side& from = side(direction);
    if (*transport_ == MtprotoTransport::full && from.checksum != from.stated_checksum) {
      return stop("a checksum is wrong", findings);
    }
    ++from.frames;
    const bool first = dialogue_.strength() == Strength::none;
    dialogue_.take(from.message, {direction, from.offset, Bytes(from.head).first(from.head_octets)}, findings);
    if (first && dialogue_.strength() != Strength::none) note_transport(findings);
    const uint32_t frames = from.frames + side(opposite(direction)).frames;
    if (frames >= kFramesAtMost) stop("many frames and no proof", findings);
  }

  void note_transport(Findings& findings) {
    findings.note("telegram.transport", std::string(name_of(*transport_)));
  }

  void confirm(std::string_view what, const Place& place, Sentence text, Findings& findings) {
    dialogue_.confirm(Strength::strong, what, place, std::move(text), findings);
    note_transport(findings);
  }

  // ---- the end

  size_t refuse(std::string_view reason, Findings& findings) {
    stop(reason, findings);
    return 0;
  }
  void stop(std::string_view reason, Findings& findings) {
    over_ = true;
    if (dialogue_.strength() != Strength::none) return findings.finish();
    findings.refute(reason);
  }

  Side sides_[2];
  std::optional<MtprotoTransport> transport_;
  std::unique_ptr<MtprotoObfuscation> obfuscation_;
  MtprotoDialogue dialogue_;
  int quick_acks_ = 0;
  bool midstream_;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kTelegram;
const ParserModule kTelegram{"telegram", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                               return std::make_unique<Telegram>(start);
                             }};

}  // namespace parlance
