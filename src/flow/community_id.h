// Community ID version 1: one name for a flow in all tools
// (github.com/corelight/community-id-spec).
#pragma once

#include <cstdint>
#include <memory>

#include "base/short_text.h"
#include "model/five_tuple.h"

struct evp_md_ctx_st;

namespace parlance::flow {

using CommunityId = ShortText<30>;

/// Makes them one after another; what the hash needs is kept in between. One thread.
class CommunityIdMaker {
 public:
  explicit CommunityIdMaker(uint16_t seed = 0);

  /// "1:wCb3OG7yAFWelaUydu0D+125CLM="; the same for both directions. The specification leaves tunnels
  /// open; here a tuple is of the innermost addresses. Empty where the library has no SHA-1.
  CommunityId of(const FiveTuple& tuple);

 private:
  struct ContextDeleter {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, ContextDeleter> context_;  ///< null: no SHA-1
  uint16_t seed_;
};

}  // namespace parlance::flow
