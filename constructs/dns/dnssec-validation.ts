/** Whether and where answers are validated. `dnssec-validation` and `validate-except` of the ARM. */
export class DnssecValidation {
  /**
   * With the root's key that BIND brings along and keeps up to date. Every private zone of forwardZones is excepted.
   * @param validateExcept further domains whose answers are taken unvalidated, such as private ones that the
   * forwarders answer for
   */
  public static auto(validateExcept: readonly string[] = []): DnssecValidation {
    return new DnssecValidation("auto", [...validateExcept]);
  }

  /** Nowhere: forged answers are taken. */
  public static no(): DnssecValidation {
    return new DnssecValidation("no", []);
  }

  private constructor(
    /** The word of `dnssec-validation`. */
    public readonly word: "auto" | "no",
    /** The further domains that are excepted. */
    public readonly validateExcept: readonly string[],
  ) {}
}
