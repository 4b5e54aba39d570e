// All signatures compiled, and what scans octets for them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "model/carrier.h"
#include "model/direction.h"
#include "signatures/lead_filter.h"
#include "signatures/signature.h"

struct hs_database;
struct hs_scratch;
struct hs_stream;

namespace parlance {

using PatternId = uint32_t;    ///< index over all patterns of a SignatureSet
using RuleId = uint32_t;       ///< index over all rules of a SignatureSet
using SignatureId = uint32_t;  ///< index over all signatures of a SignatureSet

/// A pattern that was met.
struct Hit {
  PatternId pattern = 0;
  uint64_t start = 0;      ///< octets from the start of what is scanned; at most `end`
  uint64_t end = 0;        ///< one past the last octet
  bool wrong_way = false;  ///< it is a pattern of the other direction
};
using Hits = std::vector<Hit>;

/// A Hyperscan database that is freed with its owner.
struct DatabaseDeleter {
  void operator()(hs_database* database) const;
};
using Database = std::unique_ptr<hs_database, DatabaseDeleter>;

/// What Hyperscan needs to scan, for one thread at a time.
struct ScratchDeleter {
  void operator()(hs_scratch* scratch) const;
};
using Scratch = std::unique_ptr<hs_scratch, ScratchDeleter>;

/// Lets maps of texts be asked with views. What is in them is the signatures', so nobody chooses what collides.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return OctetHash(kKnownSecret)(as_bytes(text)); }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Compiled signatures. Never changes once built; shared by all threads.
class SignatureSet {
 public:
  /// Compiles, or loads from the cache in `cache_folder` (empty: no cache). A cache that is
  /// missing, foreign, damaged or cannot be written is no error. An expression that Hyperscan
  /// refuses is.
  static Result<std::unique_ptr<SignatureSet>> build(std::vector<Signature> signatures,
                                                     const std::string& cache_folder);

  const std::vector<Signature>& signatures() const { return signatures_; }
  const Signature& signature(SignatureId id) const { return signatures_[id]; }
  /// The signature of that name, or nullptr.
  const Signature* find(std::string_view name) const;
  SignatureId id_of(const Signature& signature) const {
    return static_cast<SignatureId>(&signature - signatures_.data());
  }
  /// The signature that a parser speaks for when a carrier agreed on it: the one that bears the
  /// parser's name, else the first that names the parser in `verify`; nullptr if none does.
  const Signature* for_parser(std::string_view parser) const;

  const Pattern& pattern(PatternId id) const;
  const Rule& rule(RuleId id) const;
  SignatureId signature_of_rule(RuleId id) const { return rules_[id].signature; }
  SignatureId signature_of_pattern(PatternId id) const { return patterns_[id].signature; }

 private:
  friend class Scanner;
  friend class StreamScan;
  friend class RuleState;

  struct PatternPlace {
    SignatureId signature;
    uint16_t index;
    std::vector<RuleId> rules;  ///< those that name it
    bool at_start = false;      ///< it begins where its buffer does
  };
  /// A pattern of which the lead filter says everything.
  struct LeadMatch {
    PatternId pattern;
    size_t width;
  };
  struct RulePlace {
    SignatureId signature;
    uint16_t index;
    PatternId first_pattern;  ///< of its signature
    bool fields_only;         ///< and without a parser: holds on any carrier
  };
  /// A database and the place of its streams in Scanner::idle_.
  struct Part {
    const hs_database* database = nullptr;
    size_t number = 0;
    uint64_t end = UINT64_MAX;  ///< no match ends behind so many octets
    /// Set if the filter lets nothing through but matches of the one pattern here: so many octets make one.
    std::optional<LeadMatch> lead;
  };
  /// The patterns of one kind of channel, streams or messages.
  struct Search {
    LeadFilter leads;            ///< of the patterns of `at_start`
    std::vector<Part> at_start;  ///< by group of `leads`: a pattern that begins where the buffer does, and its companions
    Part anywhere;               ///< all others
  };
  struct FieldSearch {
    Part part;  ///< without a database if the field has suffix patterns only
    std::optional<LeadSets> leads;  ///< of all expressions together, if they are anchored
    TextMap<std::vector<PatternId>> suffixes;
  };

  void number_everything();
  void collect_suffixes();
  class Planner;
  Result<void> compile(const std::string& cache_folder);
  Scratch make_scratch() const;
  std::vector<PatternId> patterns_of_field(std::string_view buffer) const;
  std::optional<LeadSets> leads_of_field(const std::vector<PatternId>& ids) const;
  bool is_companion(PatternId id) const;
  bool asks_for(RuleId rule, PatternId pattern) const;
  std::vector<PatternId> companions_of(PatternId id) const;
  uint64_t end_of_matches(const std::vector<PatternId>& at_start) const;
  std::optional<LeadMatch> lead_match_of(const std::vector<PatternId>& group) const;
  static size_t search_of(Carrier carrier) {
    return static_cast<size_t>(carrier == Carrier::tls ? Carrier::tcp : carrier);
  }
  const Search& stream_search(Carrier carrier) const { return stream_searches_[search_of(carrier)]; }
  const Search& message_search(Carrier carrier) const { return message_searches_[search_of(carrier)]; }

  std::vector<Signature> signatures_;
  TextMap<SignatureId> names_;
  std::vector<PatternPlace> patterns_;
  std::vector<RulePlace> rules_;
  std::vector<Database> databases_;
  Scratch scratch_;  ///< large enough for all of them; copied by each Scanner
  std::array<Search, kCarriers> stream_searches_;   ///< by search_of()
  std::array<Search, kCarriers> message_searches_;  ///< by search_of()
  TextMap<FieldSearch> fields_;
};

/// What one thread needs to scan.
class Scanner {
 public:
  explicit Scanner(const SignatureSet& set);
  ~Scanner();
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  /// Looks for the `message` patterns of signatures that stand on `carrier` in one whole message; adds
  /// what it meets to `hits`, each pattern once, in the order of their ends.
  void scan_message(Carrier carrier, Bytes message, Direction direction, Hits& hits);
  /// Looks for the patterns of a field in one value. Of suffixes the longest wins.
  void scan_field(std::string_view buffer, Bytes value, Direction direction, Hits& hits);
  /// The same for "server.port", whose values are few: what says nothing is remembered.
  void scan_port(uint16_t port, Hits& hits);

  const SignatureSet& set() const { return set_; }

 private:
  friend class StreamScan;
  void scan_block(const hs_database* database, Bytes octets, Direction direction, Hits& hits);
  bool is_told_by_lead(const SignatureSet::Part& part, Bytes octets, Direction direction, Hits& hits) const;
  hs_stream* take_stream(const SignatureSet::Part& part);
  void give_back(hs_stream* stream, size_t number);

  const SignatureSet& set_;
  Scratch scratch_;
  std::vector<std::vector<hs_stream*>> idle_;  ///< streams to use again, by database
  std::vector<PatternId> reported_;            ///< of one scan
  std::string lower_;                          ///< a name in lower case, of one scan
  std::vector<bool> silent_ports_;             ///< of which scan_port() knows that they say nothing
};

/// The search through one direction of a channel. Opened by its first scan; the same as one scan of
/// the whole, however the octets are cut.
class StreamScan {
 public:
  StreamScan() = default;
  ~StreamScan();
  StreamScan(StreamScan&& other) noexcept;
  StreamScan& operator=(StreamScan&& other) noexcept;

  /// Looks for the `stream` patterns of signatures that stand on `carrier` in the next octets; adds what
  /// it meets to `hits`, each pattern once in the life of the search, in the order of their ends.
  void scan(Scanner& scanner, Carrier carrier, Bytes octets, Direction direction, Hits& hits);
  /// Ends the search and gives its memory back for the next one.
  void close();

 private:
  struct Stream {
    hs_stream* stream;
    size_t number;  ///< of its database
    uint64_t end;   ///< nothing is found behind so many octets
  };
  void begin(Scanner& scanner, const SignatureSet::Search& search, Bytes octets, Direction direction,
             Hits& hits);
  void open(const SignatureSet::Part& part);
  void close_finished();

  Scanner* scanner_ = nullptr;       ///< null: not begun
  uint64_t scanned_ = 0;             ///< octets
  std::vector<Stream> streams_;      ///< one a database that may find something
  std::vector<PatternId> reported_;  ///< not to be reported again
};

/// Which patterns were met in one channel, and which rules hold.
class RuleState {
 public:
  /// Takes a pattern that was met and adds the rules that hold from now on to `fired`; each rule is
  /// given once. Rules of signatures that do not stand on `carrier` are passed over, except rules
  /// over fields alone.
  void meet(const SignatureSet& set, PatternId pattern, Carrier carrier,
            std::vector<RuleId>& fired);
  bool has_met(PatternId pattern) const;
  /// Nothing was met.
  void reset() { known_.clear(); }

 private:
  static constexpr uint32_t kRule = uint32_t{1} << 31;  ///< marks rules among patterns
  bool knows(uint32_t item) const;
  bool holds(const SignatureSet& set, RuleId rule) const;

  std::vector<uint32_t> known_;  ///< patterns that were met and rules that were given, in one piece of memory
};

}  // namespace parlance
