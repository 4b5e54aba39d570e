#include "capture/versions.h"

#include <lz4.h>
#include <zstd.h>

#include "capture/live_source.h"

namespace parlance::capture {

std::string library_versions() {
  return libpcap_version() + "\nzstd " + ZSTD_versionString() + "\nLZ4 " + LZ4_versionString() + "\n";
}

}  // namespace parlance::capture
