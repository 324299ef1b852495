package org.wardline.server.accounts;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often one network address may fail to sign in. A success gives its token back, so a practice
 * behind one address is not held up by its own shift change.
 */
final class AddressLimits {
  private static final int FAILURES_IN_A_ROW = 30;
  private static final Duration REFILL_ALL = Duration.ofMinutes(10);
  private static final int ADDRESSES_MAX = 10_000;

  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > ADDRESSES_MAX;
        }
      };

  /** Takes one try; when there is none left, says how long to wait. */
  Optional<Duration> take(String address) {
    ConsumptionProbe probe = bucket(address).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()).plusSeconds(1));
  }

  void giveBack(String address) {
    bucket(address).addTokens(1);
  }

  private synchronized Bucket bucket(String address) {
    return buckets.computeIfAbsent(
        address,
        a ->
            Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity(FAILURES_IN_A_ROW)
                            .refillGreedy(FAILURES_IN_A_ROW, REFILL_ALL))
                .build());
  }
}
