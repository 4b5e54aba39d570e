// How much a match of a regular expression says at least.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "signatures/expression.h"
#include "signatures/expression_walker.h"

namespace parlance {
namespace {

/// Adds up the bits of atoms; of alternatives the least counts.
class BitCounter final : public ExpressionVisitor {
 public:
  double least() const { return groups_.front().least(); }

  void open_group(bool plain) override { groups_.push_back({0, INFINITY, plain}); }
  void next_branch() override {
    Group& group = groups_.back();
    group.least_before = std::min(group.branch, group.least_before);
    group.branch = 0;
  }
  void close_group(const Repetition& repetition) override {
    const double bits = groups_.back().least();
    groups_.pop_back();
    groups_.back().branch += bits * repetition.least;
  }
  void atom(const OctetSet& octets, const Repetition& repetition) override {
    constexpr double kOctet = 8;
    const auto size = static_cast<double>(octets.count());
    if (size > 0) groups_.back().branch += (kOctet - std::log2(size)) * repetition.least;
  }

 private:
  struct Group {
    double branch = 0;               ///< of the branch being read
    double least_before = INFINITY;  ///< of the branches before it
    bool counts = true;
    double least() const { return counts ? std::min(branch, least_before) : 0; }
  };
  std::vector<Group> groups_ = std::vector<Group>(1);
};

}  // namespace

double fixed_bits_of(std::string_view expression, bool ignore_case) {
  BitCounter counter;
  return walk_expression(expression, ignore_case, counter) ? counter.least() : 0;
}

}  // namespace parlance
