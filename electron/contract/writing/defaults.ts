/** Tokens that a model writes at once on a page, unless another length was chosen: a base model seldom ends by itself. */
export const usualPageTokens = 120;
