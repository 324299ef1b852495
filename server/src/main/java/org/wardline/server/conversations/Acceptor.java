package org.wardline.server.conversations;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.Tx;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.consent.ConsentMethod;
import org.wardline.server.consent.ConsentRules;
import org.wardline.server.consent.ConsentState;
import org.wardline.server.consent.ConsentWording;
import org.wardline.server.consent.PhoneLocks;
import org.wardline.server.conversations.MessageWriter.Outgoing;
import org.wardline.server.conversations.MessageWriter.Recipient;
import org.wardline.server.conversations.Recipients.Known;
import org.wardline.server.conversations.Recipients.PatientLine;
import org.wardline.server.conversations.RepeatedTexts.Digest;
import org.wardline.server.conversations.SendRequest.IdempotencyKey;
import org.wardline.server.conversations.SendRequest.Purpose;
import org.wardline.server.conversations.SendRequest.Target;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.Sealer;
import org.wardline.server.patients.Patients;
import org.wardline.server.web.Problem;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsText;
import org.wardline.sms.TextId;

/**
 * Accepts texts. A durable commit costs milliseconds however much it holds, so requests that come
 * while one commit runs share the next one: one thread, one transaction at a time, set-based
 * statements. Each request still gets its own answer, and an answer is given only after its commit.
 */
final class Acceptor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);
  private static final int MAX_WAITING_REQUESTS = 5_000;
  private static final int MAX_BATCH_REQUESTS = 200;
  private static final int RETRY_AFTER_SECONDS = 2;
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);

  private record Waiting(SendRequest request, CompletableFuture<SendOutcome> answer) {}

  private record Resolved(UUID patient, UUID phone, Line line) {}

  private final Db db;
  private final Lines lines;
  private final Patients patients;
  private final PatientKeys keys;
  private final ConsentLedger ledger;
  private final MessageWriter writer;
  private final Backpressure backpressure;
  private final RepeatedTexts repeated;
  private final Audit audit;
  private final InstantSource clock;
  private final Metrics.Count accepted;
  private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(MAX_WAITING_REQUESTS);
  private final Thread thread;
  private volatile boolean closed;

  Acceptor(
      Db db,
      Lines lines,
      Patients patients,
      PatientKeys keys,
      ConsentLedger ledger,
      MessageWriter writer,
      Backpressure backpressure,
      RepeatedTexts repeated,
      Audit audit,
      InstantSource clock,
      Metrics metrics) {
    this.db = db;
    this.lines = lines;
    this.patients = patients;
    this.keys = keys;
    this.ledger = ledger;
    this.writer = writer;
    this.backpressure = backpressure;
    this.repeated = repeated;
    this.audit = audit;
    this.clock = clock;
    this.accepted =
        metrics.counter("wardline_texts_accepted_total", "Send requests by outcome.", "outcome");
    this.thread = Thread.ofPlatform().name("acceptor").daemon(true).start(this::loop);
  }

  /**
   * Waits until the request is durable or refused. Throws {@link Problem} when Wardline cannot take
   * it now.
   */
  SendOutcome accept(SendRequest request) {
    backpressure.check(request.target() instanceof Target.ToThread);
    CompletableFuture<SendOutcome> answer = new CompletableFuture<>();
    if (closed || !waiting.offer(new Waiting(request, answer))) {
      throw Problem.unavailable(
          "Too many texts are waiting to be stored. Nothing was queued; send it again in a moment.",
          RETRY_AFTER_SECONDS);
    }
    if (closed) {
      refuseWaiting();
    }
    try {
      SendOutcome outcome = answer.join();
      accepted.add(1, outcome.getClass().getSimpleName());
      return outcome;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void loop() {
    List<Waiting> batch = new ArrayList<>(MAX_BATCH_REQUESTS);
    while (!closed) {
      try {
        Waiting first = waiting.poll(1, TimeUnit.SECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        waiting.drainTo(batch, MAX_BATCH_REQUESTS - 1);
        store(batch);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        closed = true;
      } finally {
        batch.clear();
      }
    }
    refuseWaiting();
  }

  private void store(List<Waiting> batch) {
    try {
      List<SendOutcome> outcomes =
          db.inTransaction(tx -> decideAndWrite(tx, batch.stream().map(Waiting::request).toList()));
      for (int i = 0; i < outcomes.size(); i++) {
        batch.get(i).answer().complete(outcomes.get(i));
      }
    } catch (DbException e) {
      if (e.isTransient()) {
        log.warn("Texts could not be stored: {}", e.getMessage());
        fail(
            batch,
            Problem.unavailable(
                "The database is not available. The text may not have been accepted; send it again with the same"
                    + " Idempotency-Key.",
                RETRY_AFTER_SECONDS));
      } else if (batch.size() > 1) {
        // One bad request must not cost the others their place.
        batch.forEach(one -> store(List.of(one)));
      } else {
        fail(batch, e);
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() > 1) {
        batch.forEach(one -> store(List.of(one)));
      } else {
        fail(batch, e);
      }
    }
  }

  private static void fail(List<Waiting> batch, Throwable failure) {
    batch.forEach(one -> one.answer().completeExceptionally(failure));
  }

  private List<SendOutcome> decideAndWrite(Tx tx, List<SendRequest> requests) {
    SendOutcome[] outcomes = new SendOutcome[requests.size()];
    answerRepeats(tx, requests, outcomes);
    Resolved[] resolved = resolve(tx, requests, outcomes);
    List<Integer> open = open(outcomes);
    PhoneLocks.forSending(
        tx, open.stream().map(i -> Objects.requireNonNull(resolved[i]).phone()).toList());
    refuseWithoutConsent(tx, requests, resolved, outcomes);
    Digest[] digests = refuseRepeatedTexts(tx, requests, resolved, outcomes);
    write(tx, requests, resolved, digests, outcomes);
    auditRefusals(tx, requests, resolved, outcomes);
    return List.of(outcomes);
  }

  /** Requests whose key was used before get the old answer, also within one batch. */
  private static void answerRepeats(Tx tx, List<SendRequest> requests, SendOutcome[] outcomes) {
    record Key(UUID client, String key) {}
    record Used(Key key, byte[] bodyHash, UUID message) {}
    List<IdempotencyKey> keys = requests.stream().flatMap(r -> r.idempotency().stream()).toList();
    if (keys.isEmpty()) {
      return;
    }
    Map<Key, Used> used = new HashMap<>();
    tx.query(
            """
            SELECT i.client_id, i.key, i.body_hash, i.message_id
            FROM unnest(?::uuid[], ?::text[]) AS k (client_id, key)
            JOIN wardline.idempotency i ON i.client_id = k.client_id AND i.key = k.key
            """,
            row ->
                new Used(
                    new Key(row.uuid("client_id"), row.string("key")),
                    row.bytes("body_hash"),
                    row.uuid("message_id")),
            keys.stream().map(IdempotencyKey::client).toArray(UUID[]::new),
            keys.stream().map(IdempotencyKey::key).toArray(String[]::new))
        .forEach(row -> used.put(row.key(), row));
    for (int i = 0; i < outcomes.length; i++) {
      IdempotencyKey key = requests.get(i).idempotency().orElse(null);
      if (key == null) {
        continue;
      }
      Used before = used.get(new Key(key.client(), key.key()));
      if (before != null) {
        outcomes[i] =
            Arrays.equals(before.bodyHash(), key.bodyHash())
                ? new SendOutcome.AlreadyAccepted(before.message())
                : new SendOutcome.KeyReused();
      }
    }
  }

  private Resolved[] resolve(Tx tx, List<SendRequest> requests, SendOutcome[] outcomes) {
    List<PhoneNumber> numbers = new ArrayList<>();
    List<UUID> conversations = new ArrayList<>();
    for (int i : open(outcomes)) {
      switch (requests.get(i).target()) {
        case Target.ToNumber to -> numbers.add(to.number());
        case Target.ToThread to -> conversations.add(to.conversation());
      }
    }
    Map<PhoneNumber, Patients.PhoneOwner> owners =
        numbers.isEmpty() ? Map.of() : patients.owners(tx, numbers.stream().distinct().toList());
    Map<UUID, Known> threads =
        conversations.isEmpty() ? Map.of() : Recipients.byId(tx, conversations);
    Resolved[] resolved = new Resolved[outcomes.length];
    for (int i : open(outcomes)) {
      SendRequest request = requests.get(i);
      switch (request.target()) {
        case Target.ToNumber to -> {
          Line line = lines.find(to.line()).orElse(null);
          Patients.PhoneOwner owner = owners.get(to.number());
          if (line == null || !maySend(request.caller(), line)) {
            outcomes[i] = new SendOutcome.UnknownLine();
          } else if (owner == null) {
            outcomes[i] = new SendOutcome.UnknownRecipient();
          } else {
            resolved[i] = new Resolved(owner.patient(), owner.phone(), line);
          }
        }
        case Target.ToThread to -> {
          Known known = threads.get(to.conversation());
          Line line = known == null ? null : lines.find(known.line()).orElse(null);
          if (known == null || line == null || !maySend(request.caller(), line)) {
            outcomes[i] = new SendOutcome.UnknownRecipient();
          } else {
            resolved[i] = new Resolved(known.patient(), known.phone(), line);
          }
        }
      }
    }
    return resolved;
  }

  private static boolean maySend(Caller caller, Line line) {
    return caller.may("conversation:write:" + line.id());
  }

  private void refuseWithoutConsent(
      Tx tx, List<SendRequest> requests, Resolved[] resolved, SendOutcome[] outcomes) {
    List<Integer> open = open(outcomes);
    List<ConsentLedger.Question> questions = new ArrayList<>();
    for (int i : open) {
      Resolved to = Objects.requireNonNull(resolved[i]);
      ConsentKind kind =
          switch (requests.get(i).purpose()) {
            case Purpose.Text text -> text.kind();
            case Purpose.ConsentRequest ask -> ConsentKind.CARE;
          };
      questions.add(new ConsentLedger.Question(to.patient(), to.phone(), kind));
    }
    List<ConsentState> states = questions.isEmpty() ? List.of() : ledger.states(tx, questions);
    for (int n = 0; n < open.size(); n++) {
      int i = open.get(n);
      boolean asking = requests.get(i).purpose() instanceof Purpose.ConsentRequest;
      Resolved to = Objects.requireNonNull(resolved[i]);
      outcomes[i] =
          switch (states.get(n)) {
            // A late click must not put a question over a patient's answer.
            case GRANTED -> asking ? new SendOutcome.ConsentOnRecord() : outcomes[i];
            case NONE, REQUESTED -> {
              if (!asking) {
                yield new SendOutcome.NoConsent(states.get(n));
              }
              boolean enough =
                  ledger.openRequests(tx, to.patient(), to.phone()) >= ConsentRules.MAX_REQUESTS;
              yield enough ? new SendOutcome.AskedAlready() : outcomes[i];
            }
            case REVOKED, OPTED_OUT -> new SendOutcome.OptedOut();
          };
    }
  }

  /** The same words to the same number within a short time are mostly a mistake (FLOW-6). */
  private @Nullable Digest[] refuseRepeatedTexts(
      Tx tx, List<SendRequest> requests, Resolved[] resolved, SendOutcome[] outcomes) {
    @Nullable Digest[] digests = new Digest[outcomes.length];
    if (repeated.isOff()) {
      return digests;
    }
    List<Digest> asked = new ArrayList<>();
    for (int i : open(outcomes)) {
      SendRequest request = requests.get(i);
      if (request.purpose() instanceof Purpose.Text) {
        Resolved to = Objects.requireNonNull(resolved[i]);
        digests[i] = repeated.digest(to.phone(), to.line(), request.text());
        if (!request.again()) {
          asked.add(digests[i]);
        }
      }
    }
    if (asked.isEmpty()) {
      return digests;
    }
    Map<Digest, RepeatedTexts.Earlier> earlier = repeated.earlier(tx, asked);
    for (int i : open(outcomes)) {
      Digest digest = digests[i];
      RepeatedTexts.Earlier before =
          digest == null || requests.get(i).again() ? null : earlier.get(digest);
      if (before != null) {
        outcomes[i] = new SendOutcome.SameTextBefore(before.message(), before.at());
      }
    }
    return digests;
  }

  /**
   * A refusal tells whether a number is on file and what its owner said: who asks leaves a trace.
   */
  private void auditRefusals(
      Tx tx, List<SendRequest> requests, Resolved[] resolved, SendOutcome[] outcomes) {
    for (int i = 0; i < outcomes.length; i++) {
      String reason =
          switch (outcomes[i]) {
            case SendOutcome.NoConsent none -> "no consent";
            case SendOutcome.OptedOut out -> "opted out";
            case SendOutcome.UnknownRecipient unknown -> "unknown recipient";
            case SendOutcome.UnknownLine unknown -> "line unknown or not allowed";
            case SendOutcome.KeyReused reused -> "key used before";
            case SendOutcome.SameTextBefore before -> "same text before";
            case SendOutcome.ConsentOnRecord there -> "consent on record";
            case SendOutcome.AskedAlready asked -> "asked already";
            case SendOutcome.Queued queued -> "";
            case SendOutcome.AlreadyAccepted before -> "";
          };
      if (!reason.isEmpty()) {
        Caller caller = requests.get(i).caller();
        Resolved to = resolved[i];
        if (to == null) {
          audit.record(tx, caller, "message.refused", caller.id(), reason);
        } else {
          audit.record(
              tx, caller, "message.refused", to.patient(), to.patient(), to.line().id(), reason);
        }
      }
    }
  }

  private void write(
      Tx tx,
      List<SendRequest> requests,
      Resolved[] resolved,
      @Nullable Digest[] digests,
      SendOutcome[] outcomes) {
    List<Integer> open = open(outcomes);
    if (open.isEmpty()) {
      return;
    }
    List<Resolved> to = open.stream().map(i -> Objects.requireNonNull(resolved[i])).toList();
    Map<PatientLine, UUID> conversations =
        Recipients.findOrCreate(
            tx, to.stream().map(r -> new PatientLine(r.patient(), r.line().id())).toList());
    Map<UUID, Sealer> sealers = keys.of(tx, to.stream().map(Resolved::patient).distinct().toList());
    Map<UUID, PhoneNumber> numbers =
        patients.numbers(tx, to.stream().map(Resolved::phone).distinct().toList());
    List<Outgoing> texts = new ArrayList<>(open.size());
    List<Integer> written = new ArrayList<>(open.size());
    Map<IdempotencyName, Integer> inThisBatch = new HashMap<>();
    Map<Digest, UUID> sameWords = new HashMap<>();
    for (int i : open) {
      SendRequest request = requests.get(i);
      Optional<IdempotencyName> name =
          request.idempotency().map(k -> new IdempotencyName(k.client(), k.key()));
      Integer twin = name.map(inThisBatch::get).orElse(null);
      if (twin != null) {
        outcomes[i] = repeatOf(requests.get(twin), request, Objects.requireNonNull(outcomes[twin]));
        continue;
      }
      Resolved target = Objects.requireNonNull(resolved[i]);
      Sealer sealer = sealers.get(target.patient());
      PhoneNumber number = numbers.get(target.phone());
      if (sealer == null || number == null) {
        outcomes[i] = new SendOutcome.UnknownRecipient();
        continue;
      }
      Digest digest = digests[i];
      UUID twinId = digest == null || request.again() ? null : sameWords.get(digest);
      if (twinId != null) {
        outcomes[i] = new SendOutcome.SameTextBefore(twinId, clock.instant());
        continue;
      }
      UUID conversation =
          Objects.requireNonNull(
              conversations.get(new PatientLine(target.patient(), target.line().id())));
      Recipient recipient =
          new Recipient(
              target.patient(), target.phone(), number, conversation, target.line(), sealer);
      UUID id = TextId.next(clock.instant());
      texts.add(outgoing(tx, id, request, recipient));
      outcomes[i] = new SendOutcome.Queued(id);
      if (digest != null) {
        sameWords.put(digest, id);
      }
      written.add(i);
      name.ifPresent(n -> inThisBatch.put(n, i));
    }
    if (texts.isEmpty()) {
      return;
    }
    writer.queue(tx, texts);
    repeated.remember(tx, sameWords);
    keepKeys(tx, written.stream().map(requests::get).toList(), texts);
  }

  private record IdempotencyName(UUID client, String key) {}

  private static SendOutcome repeatOf(
      SendRequest first, SendRequest second, SendOutcome firstOutcome) {
    boolean same =
        Arrays.equals(
            first.idempotency().orElseThrow().bodyHash(),
            second.idempotency().orElseThrow().bodyHash());
    return same && firstOutcome instanceof SendOutcome.Queued queued
        ? new SendOutcome.AlreadyAccepted(queued.id())
        : new SendOutcome.KeyReused();
  }

  private Outgoing outgoing(Tx tx, UUID id, SendRequest request, Recipient recipient) {
    String kind =
        switch (request.purpose()) {
          case Purpose.Text text -> text.kind().wireName();
          case Purpose.ConsentRequest ask -> {
            ledger.record(
                tx,
                recipient.sealer(),
                new ConsentLedger.NewRecord(
                    recipient.patient(),
                    Optional.of(recipient.phone()),
                    Optional.of(ConsentKind.CARE),
                    ConsentLedger.Saying.REQUESTED,
                    ConsentMethod.TEXT,
                    ConsentWording.VERSION,
                    request.caller().name()));
            yield "consent-request";
          }
        };
    return new Outgoing(
        id,
        request.caller(),
        recipient,
        kind,
        SmsText.of(request.text(), recipient.line().format()),
        request.expiresAt().orElse(null));
  }

  private static void keepKeys(Tx tx, List<SendRequest> requests, List<Outgoing> texts) {
    List<IdempotencyKey> keys = new ArrayList<>();
    List<UUID> messages = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Optional<IdempotencyKey> key = requests.get(i).idempotency();
      if (key.isPresent()) {
        keys.add(key.get());
        messages.add(texts.get(i).id());
      }
    }
    if (keys.isEmpty()) {
      return;
    }
    tx.later(
        """
        INSERT INTO wardline.idempotency (client_id, key, body_hash, message_id)
        SELECT * FROM unnest(?::uuid[], ?::text[], ?::bytea[], ?::uuid[])
        """,
        keys.stream().map(IdempotencyKey::client).toArray(UUID[]::new),
        keys.stream().map(IdempotencyKey::key).toArray(String[]::new),
        keys.stream().map(IdempotencyKey::bodyHash).toArray(byte[][]::new),
        messages.toArray(new UUID[0]));
  }

  /** Positions of requests that have no outcome yet. */
  private static List<Integer> open(SendOutcome[] outcomes) {
    List<Integer> open = new ArrayList<>(outcomes.length);
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] == null) {
        open.add(i);
      }
    }
    return open;
  }

  private void refuseWaiting() {
    List<Waiting> left = new ArrayList<>();
    waiting.drainTo(left);
    fail(
        left,
        Problem.unavailable("Wardline is stopping. Nothing was queued.", RETRY_AFTER_SECONDS));
  }

  /** Stores what waits in the running batch and refuses the rest. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(STOP_DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
