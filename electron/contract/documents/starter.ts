/** Name of the collection of bundled documents, which a bundled dataset asks about. */
export const starterCollectionName = 'Tarnvale Bindery';
