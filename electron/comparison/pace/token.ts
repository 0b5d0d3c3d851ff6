/** A token that is read takes about this share of the time of one that is written. */
export const readShare = 0.3;

/** Milliseconds that a token written takes for each byte of weights, where nothing was measured: a laptop with two cores. */
export const usualMsPerByte = 1.6e-7;
