import { useEffect, useState } from 'react';
import type { QuantizedSize } from '../../electron/contract/library/schema.ts';
import { useServices } from '../services.ts';

/** Returns the sizes that the files of each type of a model will have; null until they are known. */
export function useQuantizedSizes(modelFileId: number | null): readonly QuantizedSize[] | null {
	const { connection } = useServices();
	const [found, setFound] = useState<{ id: number; sizes: readonly QuantizedSize[] } | null>(null);
	useEffect(() => {
		if (modelFileId === null) return;
		let current = true;
		connection.client.making.sizes({ id: modelFileId }).then(
			({ sizes }) => current && setFound({ id: modelFileId, sizes }),
			// A file that can't be read is refused with its reason as soon as it is to be quantised.
			() => current && setFound({ id: modelFileId, sizes: [] }),
		);
		return () => {
			current = false;
		};
	}, [modelFileId, connection]);
	return found?.id === modelFileId ? found.sizes : null;
}
