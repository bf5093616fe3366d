/**
 * What a reader does not see, or what moves its neighbours about, in a text of lines: controls, formats, halves of pairs,
 * private characters, separators and spaces other than the usual one, ignorable characters.
 */
export const INVISIBLE =
  /(?![\n ])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
