// QPACK (RFC 9204), the compression of HTTP/3's header fields, read by nghttp3's decoder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "protocols/support/http_fields.h"

namespace parlance {

/// The field sections that one side of a connection sends.
class QpackReader {
 public:
  enum class Answer : uint8_t {
    whole,    ///< the section was read to its end
    blocked,  ///< it refers to what the encoder stream has not brought yet
    damaged,  ///< no field section, or one that refers to what will not be known
  };

  QpackReader();
  ~QpackReader();
  QpackReader(QpackReader&&) noexcept;
  QpackReader& operator=(QpackReader&&) noexcept;

  /// False if the program was built without nghttp3: then every section is damaged.
  static bool available();

  /// The size of the dynamic table that the other side allows in its SETTINGS. Before that is known
  /// only sections without it are read.
  void allow_table(uint64_t octets);
  /// The next octets of this side's encoder stream.
  void read_encoder(Bytes octets);
  /// Octets of the encoder stream are missing. From here on sections that use the table are damaged:
  /// their Required Insert Count wraps around (RFC 9204 section 4.5.1.1), so one that refers to what is
  /// missing may look as if it referred to what is known.
  void lose_encoder() { encoder_lost_ = true; }
  /// Reads a whole section of a stream into `into`, which has begun.
  Answer read(uint64_t stream, Bytes section, HttpFieldSection& into, const Limits& limits);

 private:
  struct Decoder;
  std::unique_ptr<Decoder> decoder_;
  std::vector<uint8_t> early_;  // of the encoder stream, before the table's size is known
  bool table_known_ = false;
  bool encoder_lost_ = false;
};

/// The library's version; empty without it.
std::string qpack_library_version();

}  // namespace parlance
