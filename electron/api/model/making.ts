import type { Sweeps } from '../../comparison/settings/sweeps.ts';
import type { Quantizer } from '../../library/make/make-files.ts';
import type { Implementer } from '../implementer.ts';

/** Smaller files of a model, made here. */
export function quantizeHandlers({ making }: Implementer, maker: Quantizer) {
	return {
		make: making.make.handler(({ input }) => maker.start(input)),
		madeOf: making.madeOf.handler(({ input }) => ({ made: maker.origin(input.id) })),
	};
}

/** Settings of a model, measured against each other. */
export function sweepHandlers({ sweeps }: Implementer, service: Sweeps) {
	return {
		choices: sweeps.choices.handler(() => service.choices()),
		estimate: sweeps.estimate.handler(({ input }) => service.estimate(input)),
		start: sweeps.start.handler(({ input }) => service.start(input)),
		get: sweeps.get.handler(({ input }) => service.get(input.id)),
	};
}
