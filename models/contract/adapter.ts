/** Precision of a merged model; quantise it afterwards for a smaller file. */
export const mergeTypes = ['F16', 'BF16', 'F32'] as const;

export type MergeType = (typeof mergeTypes)[number];
