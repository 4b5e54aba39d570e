// Which flows belong to one call, and whose call it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "model/call_fact.h"
#include "model/flow_record.h"

namespace parlance {

/// Another flow of a record's call.
struct CallJoint {
  uint64_t flow_id = 0;
  std::string sign;           ///< by which the last step came to it
  std::string_view supports;  ///< the signature for which its octets speak; empty: none
  uint64_t frame = 0;         ///< of the packet that said so
};

/// What a record's signs lead to.
struct Call {
  uint64_t first_flow = 0;  ///< the earliest flow of the call that is known, maybe the record's
  size_t flows = 1;         ///< how many are, with the record's
  std::optional<CallJoint> named;  ///< the nearest of the others that speaks for an application
};

/// What another flow said of a connection before it was made.
struct Announcement {
  std::string_view protocol;  ///< that will be spoken
  const CallFact* fact;
};

/// Remembers facts in the order in which they came, and finds what a flow's signs lead to: at most
/// kSteps from flow to flow, and kFlows of them. Bounded: the oldest fact is forgotten where there
/// are `capacity` of them.
///
/// Used only where records are put in order. A record is joined to facts of packets up to its own
/// end and no later ones, so the answer is the same whatever the number of workers was, and in
/// however many portions facts came.
class CallJoiner {
 public:
  explicit CallJoiner(size_t capacity = 200'000) : capacity_(capacity) {}

  /// Takes a fact. They must come in the order of their packets.
  void add(CallFact fact);

  /// What is known by the end of `record` of the call that it is of.
  Call find(const FlowRecord& record);

  /// The last announcement of a connection to `record`'s server, by the end of the record. Its views live until
  /// the next add().
  std::optional<Announcement> find_announcement(const FlowRecord& record) const;

  bool empty() const { return facts_.empty(); }

 private:
  static constexpr int kSteps = 3;
  static constexpr size_t kFlows = 24;
  static constexpr size_t kFactsOfOne = 64;  // kept of a flow, or of a sign: the newest

  /// What is known of one sign, or of one flow.
  struct Node {
    std::vector<uint64_t> facts;  ///< their numbers, oldest first
    uint64_t met_in = 0;          ///< the last search that came here
  };
  using Signs = std::unordered_map<std::string, Node, KeyedHash, std::equal_to<>>;
  using Sign = Signs::value_type;  // stays where it is
  struct Known {
    CallFact fact;  ///< its sign is kept as the key
    Sign* sign;     ///< null: none
    Node* flow;
  };
  /// One of each flow met, in the order in which they were.
  using Met = std::vector<const Known*>;

  static void put(uint64_t number, Node& node);
  Sign& sign_of(std::string&& text);
  void forget_sign(const std::string& text);
  void forget_oldest();
  template <class Visit>
  void each_known(const Node& node, const FlowRecord& record, Visit visit) const;
  void look_at_ends(const FlowRecord& record, Met& met);
  void look_at(std::string_view sign, const FlowRecord& record, Met& met);
  void look(Node& sign, const FlowRecord& record, Met& met);
  void visit(const Node& flow, const FlowRecord& record, Met& met);
  const CallFact* best_name(const Node& flow, const FlowRecord& record) const;

  size_t capacity_;
  uint64_t forgotten_ = 0;  ///< number of facts_.front(); facts are numbered as they come
  uint64_t search_ = 0;     ///< they are numbered, too
  std::deque<Known> facts_;
  Signs by_sign_;
  std::map<std::string_view, const Node*> announced_;  ///< those of them that are announcements, in the order of their texts
  std::unordered_map<uint64_t, Node> by_flow_;
};

}  // namespace parlance
