package org.wardline.server.consent;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognises the words that carriers and law give a meaning (CTIA messaging principles; 47 CFR
 * 64.1200(a)(10)): a text that consists of such a word, in any case, with any punctuation around
 * it, in English or Spanish. Free wording inside longer texts is judged elsewhere.
 */
public final class ConsentWords {
  /** What a patient's text means for consent. */
  public enum Meaning {
    STOP,
    START,
    YES,
    HELP,
    /** An ordinary text. */
    OTHER
  }

  private static final Set<String> STOP =
      Set.of(
          "stop",
          "stopall",
          "stop all",
          "unsubscribe",
          "cancel",
          "end",
          "quit",
          "revoke",
          "optout",
          "opt out",
          "please stop",
          "stop please",
          "stop texting",
          "stop texting me",
          "please stop texting me",
          "stop messaging me",
          "stop texts",
          "stop messages",
          "no more texts",
          "no more messages",
          "no more texts please",
          "no more messages please",
          "do not text me",
          "dont text me",
          "remove me",
          "opt me out",
          "unsubscribe me",
          "alto",
          "parar",
          "pare",
          "detener",
          "basta",
          "cancelar",
          "no mas mensajes",
          "no mas textos",
          "stop stop",
          "stop now");
  private static final Set<String> START =
      Set.of("start", "unstop", "opt in", "optin", "resume", "empezar", "iniciar");
  private static final Set<String> YES =
      Set.of(
          "yes",
          "y",
          "yes please",
          "i agree",
          "agree",
          "yep",
          "yeah",
          "ok yes",
          "si",
          "si por favor",
          "acepto");
  private static final Set<String> HELP =
      Set.of("help", "info", "ayuda", "help me please", "informacion");

  private static final int LONGEST_CHARS = 40;
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern NOT_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private ConsentWords() {}

  public static Meaning of(String text) {
    if (text.length() > LONGEST_CHARS * 2) {
      return Meaning.OTHER;
    }
    String words = normalise(text);
    if (words.length() > LONGEST_CHARS) {
      return Meaning.OTHER;
    }
    if (STOP.contains(words)) {
      return Meaning.STOP;
    }
    if (START.contains(words)) {
      return Meaning.START;
    }
    if (YES.contains(words)) {
      return Meaning.YES;
    }
    return HELP.contains(words) ? Meaning.HELP : Meaning.OTHER;
  }

  private static String normalise(String text) {
    // NFKC folds full-width and mathematical letters that phones' "fancy text" keyboards produce.
    String folded =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .replace("'", "")
            .replace("’", "");
    String plain = MARKS.matcher(Normalizer.normalize(folded, Normalizer.Form.NFD)).replaceAll("");
    return NOT_WORDS.matcher(plain).replaceAll(" ").strip();
  }
}
