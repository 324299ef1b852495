package org.wardline.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.wardline.config.ConfigException;
import org.wardline.jdbc.Tx;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Links.Wanted;
import org.wardline.sms.Routes;

/**
 * Compares what people want of the links with what was done about it, and says what is left to do.
 * Not safe for several threads.
 */
final class LinkBook {
  /** What is to be done to one link. */
  sealed interface Step {
    /** Start it, or start it anew with other settings. */
    record Run(LinkSettings link, boolean added) implements Step {}

    /** {@link Want#RUN} or {@link Want#PAUSE} for a running link. */
    record Set(String link, Want want) implements Step {}

    record Drain(String link) implements Step {}

    /** Drain it, and remember nothing of it. */
    record Forget(String link) implements Step {}

    /** Its settings are of no use. */
    record Refuse(String link, ConfigException why) implements Step {}
  }

  /** Of a link of the file, in place of the settings of one that was added. */
  private static final String BY_FILE = "";

  private record Done(String settings, Want want) {
    boolean runs() {
      return want == Want.RUN || want == Want.PAUSE;
    }
  }

  private final Map<String, LinkSettings> byFile;
  private final Map<String, LinkSettings> added = new HashMap<>();
  private final Map<String, Done> done = new HashMap<>();
  private List<String> prefixesWritten = List.of();

  /** The links of the file run already. */
  LinkBook(List<LinkSettings> byFile) {
    this.byFile =
        byFile.stream().collect(Collectors.toMap(LinkSettings::name, Function.identity()));
    this.byFile.keySet().forEach(link -> done.put(link, new Done(BY_FILE, Want.RUN)));
  }

  /** What is left to do; assumes that it will be done. */
  List<Step> steps(List<Wanted> wanted) {
    List<Step> steps = new ArrayList<>();
    for (Wanted one : wanted) {
      LinkSettings fixed = byFile.get(one.link());
      if (fixed == null) {
        stepsOfAdded(one, steps);
      } else {
        stepsOfFixed(one, fixed, steps);
      }
    }
    List<String> named = wanted.stream().map(Wanted::link).toList();
    for (String link : List.copyOf(added.keySet())) {
      if (!named.contains(link)) {
        steps.add(new Step.Drain(link));
        added.remove(link);
        done.remove(link);
      }
    }
    return steps;
  }

  private void stepsOfFixed(Wanted one, LinkSettings fixed, List<Step> steps) {
    if (one.settings().isPresent()) {
      refuse(one, "gateway.yaml has a link of this name. Change it there, or use another.", steps);
      return;
    }
    change(one, BY_FILE, fixed, false, steps);
  }

  private void stepsOfAdded(Wanted one, List<Step> steps) {
    if (one.want() == Want.REMOVE) {
      steps.add(new Step.Forget(one.link()));
      added.remove(one.link());
      done.remove(one.link());
      return;
    }
    if (one.settings().isEmpty()) {
      refuse(one, "No link has this name.", steps);
      return;
    }
    String text = one.settings().get();
    Done before = done.get(one.link());
    if (before == null || !before.settings().equals(text)) {
      try {
        added.put(one.link(), GatewayConfig.link(one.link(), text));
      } catch (ConfigException e) {
        done.put(one.link(), new Done(text, Want.REMOVE));
        added.remove(one.link());
        steps.add(new Step.Refuse(one.link(), e));
        return;
      }
    }
    LinkSettings settings = added.get(one.link());
    if (settings != null) {
      change(one, text, settings, true, steps);
    }
  }

  private void change(
      Wanted one, String text, LinkSettings settings, boolean isAdded, List<Step> steps) {
    Done before = done.get(one.link());
    Done now = new Done(text, one.want());
    if (now.equals(before)) {
      return;
    }
    done.put(one.link(), now);
    switch (one.want()) {
      case RUN, PAUSE -> {
        if (before == null || !before.settings().equals(text) || !before.runs()) {
          steps.add(new Step.Run(settings, isAdded));
        }
        steps.add(new Step.Set(one.link(), one.want()));
      }
      // A link of the file comes back with the next start, so it is not forgotten.
      case DRAIN, REMOVE -> steps.add(new Step.Drain(one.link()));
    }
  }

  private void refuse(Wanted one, String why, List<Step> steps) {
    Done refused = new Done(why, one.want());
    if (!refused.equals(done.put(one.link(), refused))) {
      steps.add(new Step.Refuse(one.link(), new ConfigException(why)));
    }
  }

  /** Tells the server under which prefixes it shall file texts. */
  void writePrefixes(Tx tx, Collection<Routes.Link> elsewhere) {
    TreeSet<String> prefixes = new TreeSet<>();
    byFile.values().forEach(link -> prefixes.addAll(link.routing().prefixes()));
    added.values().forEach(link -> prefixes.addAll(link.routing().prefixes()));
    elsewhere.forEach(link -> prefixes.addAll(link.prefixes()));
    List<String> now = List.copyOf(prefixes);
    if (now.equals(prefixesWritten)) {
      return;
    }
    String[] array = now.toArray(String[]::new);
    tx.update("DELETE FROM sms.prefix WHERE prefix <> ALL(?::text[])", (Object) array);
    tx.update(
        "INSERT INTO sms.prefix (prefix) SELECT unnest(?::text[]) ON CONFLICT DO NOTHING",
        (Object) array);
    tx.afterCommit(() -> prefixesWritten = now);
  }
}
