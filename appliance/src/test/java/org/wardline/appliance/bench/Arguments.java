package org.wardline.appliance.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was said after the name of a program: plain numbers, {@code --name NUMBER} and flags. */
public final class Arguments {
  private final List<Long> plain = new ArrayList<>();
  private final Map<String, Long> named = new HashMap<>();

  private Arguments() {}

  /**
   * @param numbers names that take a number
   * @param flags names that stand alone
   * @throws IllegalArgumentException for anything else
   */
  public static Arguments of(String[] words, Set<String> numbers, Set<String> flags) {
    Arguments arguments = new Arguments();
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (flags.contains(word)) {
        arguments.named.put(word, 1L);
      } else if (numbers.contains(word) && i + 1 < words.length) {
        i++;
        arguments.named.put(word, number(words[i]));
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException("what is " + word + "?");
      } else {
        arguments.plain.add(number(word));
      }
    }
    return arguments;
  }

  private static long number(String word) {
    if (!word.matches("-?\\d{1,18}")) {
      throw new IllegalArgumentException(word + " is no number");
    }
    return Long.parseLong(word);
  }

  public int plain(int position, int otherwise) {
    return position < plain.size() ? Math.toIntExact(plain.get(position)) : otherwise;
  }

  public long named(String name, long otherwise) {
    return named.getOrDefault(name, otherwise);
  }

  public boolean has(String flag) {
    return named.containsKey(flag);
  }
}
