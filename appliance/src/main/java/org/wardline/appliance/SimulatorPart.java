package org.wardline.appliance;

import java.util.Optional;

/** The simulator, with the page where a person plays the patients. */
public interface SimulatorPart extends RunningPart {
  /** Where that page is; only this machine reaches it. */
  Optional<String> page();
}
