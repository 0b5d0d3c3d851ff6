import type { FileMaker } from '../../library/make/make-files.ts';
import type { Implementer } from '../implementer.ts';

/** Smaller files of a model, made here. */
export function makingHandlers({ making }: Implementer, maker: FileMaker) {
	return {
		make: making.make.handler(({ input }) => maker.start(input)),
		madeOf: making.madeOf.handler(({ input }) => ({ made: maker.madeOf(input.id) })),
	};
}
