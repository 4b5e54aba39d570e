// One two-way conversation while it is being looked at: what came, what was tried, what was found.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "model/direction.h"
#include "model/evidence.h"
#include "model/note.h"
#include "protocols/parser.h"
#include "signatures/matcher.h"
#include "stream/tcp_stream.h"

namespace parlance::inspect {

/// From stream offsets back to packets: which frame brought the octet at an offset. Holds the last
/// `kMarks` portions of a direction; while the head is kept, that knows them.
class FrameMap {
 public:
  static constexpr size_t kMarks = 48;

  void add(uint64_t offset, uint64_t frame);
  /// The frame that brought the octet at `offset`; 0 if that is no longer (or not yet) known.
  uint64_t frame_at(uint64_t offset) const;

 private:
  struct Mark {
    uint64_t offset, frame;
  };
  std::vector<Mark> marks_;
  size_t next_ = 0;  ///< place of the oldest mark once the ring is full
};

using FrameMaps = std::array<FrameMap, 2>;  ///< by index(Direction)

/// The beginning of a channel, kept in the order in which it came, so that a parser that is started
/// late reads it from the first octet. Bounded: what does not fit is not kept.
///
/// Flows that are not decided have one each, and most of them are small: all of one is in one piece of
/// memory, which is hardly larger than what is in it.
class Head {
 public:
  enum class Kind : uint8_t { octets, gap, end };
  struct Portion {
    Direction direction;
    Kind kind;
    uint32_t length;        ///< octets that came, or that are missing
    stream::Origin origin;
  };
  /// A portion and its octets, which live until more is kept or the head is given back.
  struct Piece {
    Portion portion;
    Bytes octets;           ///< none of a gap or an end
  };
  class Iterator {
   public:
    explicit Iterator(Bytes rest) : rest_(rest) {}
    Piece operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    Bytes rest_;            ///< of memory_
  };

  /// False if it would go beyond the limits (head_octets, head_portions); then it is not kept, and
  /// what follows must not be, either.
  bool keep(Direction direction, Bytes octets, const stream::Origin& origin, const Limits& limits);
  bool keep_gap(Direction direction, uint64_t length, const stream::Origin& origin,
                const Limits& limits);
  bool keep_end(Direction direction, const stream::Origin& origin, const Limits& limits);
  /// Tells which frames the portions came in.
  void copy_frames(FrameMaps& frames) const;
  /// Empties it and gives its memory back.
  void reset() { *this = {}; }

  void prefetch_end() const { __builtin_prefetch(memory_.get() + size_); }

  /// The portions, in the order in which they came.
  Iterator begin() const { return Iterator(Bytes(memory_.get(), size_)); }
  Iterator end() const { return Iterator({}); }
  /// Adds the octets [from, to) of a direction to `copy`, those of them that are kept.
  void copy(Direction direction, uint64_t from, uint64_t to, std::vector<uint8_t>& copy) const;
  /// The frame that brought the octet at `offset` of a direction; 0 if it is not kept.
  uint64_t frame_at(Direction direction, uint64_t offset) const;

 private:
  bool add(const Portion& portion, Bytes octets, const Limits& limits);
  void make_room(size_t needed);

  std::unique_ptr<uint8_t[]> memory_;  ///< each portion, and its octets behind it
  uint32_t size_ = 0, capacity_ = 0;   ///< of it
  uint32_t octets_ = 0, portions_ = 0;
};

/// A note that is held back; `counts`: its number is added to what there is.
struct HeldNote {
  Note note;
  bool counts = false;
};

/// What a parser need not be given of a direction: octets that may still be left out, and that were.
struct Skip {
  uint32_t allowed = 0;
  uint32_t done = 0;

  /// Leaves out what may be at the front of `octets`; returns the rest.
  Bytes take_from(Bytes octets) {
    const Bytes skipped = first_of(octets, allowed);
    allowed -= static_cast<uint32_t>(skipped.size());
    done += static_cast<uint32_t>(skipped.size());
    return octets.subspan(skipped.size());
  }
};

/// A parser at work on a channel, and what it has said.
struct Attempt {
  const ParserModule* module = nullptr;
  std::unique_ptr<Parser> parser;     ///< null once it is over
  SignatureId signature = 0;          ///< that it speaks for
  Strength cap = Strength::proof;     ///< of the rule that started it
  Strength confirmed = Strength::none;
  Skip skips[2];                      ///< by index(Direction)
  bool over = false;                  ///< finished, refuted or dropped: to be taken away
  std::string_view refuted;           ///< why; empty if it was not
  std::vector<HeldNote> held_notes;   ///< that it made before it confirmed anything
};

/// A protocol found in a channel, in the order of finding.
struct Found {
  SignatureId signature = 0;
  Strength strength = Strength::none;
  bool by_parser = false;
  bool shares_channel = false;
};

/// What a channel is and how far it has come: plain values. There are as many as flows that are not decided, so
/// none is larger than it need be.
struct ChannelState {
  ChannelId id = 0;
  std::optional<ChannelId> parent;
  std::optional<SignatureId> opened_by;
  Carrier carrier = Carrier::tcp;
  Unit unit = Unit::bytes;
  uint8_t depth = 0;
  bool midstream = false;
  bool searching = true;              ///< signatures are still looked for
  bool keeping = true;                ///< the head is still kept
  bool claimed = false;               ///< proven by a parser that wants it for itself
  uint32_t gaps[2] = {0, 0};
  uint32_t scanned_messages[2] = {0, 0};
  uint64_t octets[2] = {0, 0};
  uint64_t messages[2] = {0, 0};
  // Of what is being delivered:
  Direction portion_direction = Direction::to_server;
  uint64_t portion_offset = 0;
  uint64_t portion_frame = 0;
};

struct Channel : ChannelState {
  Head head;
  std::unique_ptr<FrameMaps> frames;  ///< once the head is gone, while somebody listens
  StreamScan scans[2];
  RuleState rules;
  std::vector<RuleId> pending;        ///< rules that hold and ask for a parser not yet started
  std::vector<Attempt> attempts;
  std::vector<Found> found;

  /// Fetches what a delivery touches besides the channel itself.
  void prefetch_inside() const {
    head.prefetch_end();
    prefetch(frames.get());
    if (!attempts.empty()) prefetch(&attempts.front());
  }
  bool listening() const;
  /// True if nobody looks at a portion that comes next, and the only parser is told of it later.
  bool skips(Direction direction, Bytes portion);
  void add_frame(Direction direction, uint64_t offset, uint64_t frame);
  /// A portion comes: until it is kept, this is what is known of its frame.
  void begin_portion(Direction direction, uint64_t offset, uint64_t frame);
  /// The head is not needed any more; which frames its last portions came in is remembered.
  void leave_head();
  /// The frame that brought the octet at `offset`; 0 if nobody knows any more.
  uint64_t frame_at(Direction direction, uint64_t offset) const;
  /// As if made anew, but that memory is kept.
  void reset();
};

/// Channels to be used again: most flows are short, and making one costs a dozen allocations.
class ChannelStore {
 public:
  std::unique_ptr<Channel> take();
  void give_back(std::unique_ptr<Channel> channel);

 private:
  static constexpr size_t kIdle = 256;
  std::vector<std::unique_ptr<Channel>> idle_;
};

}  // namespace parlance::inspect
