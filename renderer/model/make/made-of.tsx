import { useEffect, useState } from 'react';
import type { QuantizeOrigin } from '../../../electron/contract/model/make.ts';
import { formatQuantity } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** What a file was made of, and what did not go as asked; nothing for one that was not made here. */
export function QuantizedFrom({ modelFileId }: { modelFileId: number }) {
	const { connection } = useServices();
	const [made, setMade] = useState<QuantizeOrigin | null>(null);
	useEffect(() => {
		let current = true;
		setMade(null);
		connection.client.making.madeOf({ id: modelFileId }).then(
			(answer) => current && setMade(answer.made),
			// The inspector says so where the application is away.
			() => {},
		);
		return () => {
			current = false;
		};
	}, [connection, modelFileId]);
	if (made === null) return null;
	const { parent, type, fallbacks, warnings, imatrix } = made;
	const types = [...new Set(fallbacks.map(({ to }) => to))].join(', ');
	return (
		<section aria-label="Made here" className="text-xs text-pretty text-ink-2">
			<p>
				Made here as {type} of {parent.name} {parent.quantization}
				{imatrix === null
					? ''
					: `, with an importance matrix of ${imatrix.datasets.length === 0 ? '' : `${imatrix.datasets.join(', ')}, `}${formatQuantity(imatrix.chunks, 'chunk')}`}
				.
			</p>
			{fallbacks.length === 0 ? null : (
				<p className="mt-1">
					{formatQuantity(fallbacks.length, 'tensor')} could not be {type} and became {types}.
				</p>
			)}
			{warnings.map((warning) => (
				<p key={warning} className="mt-1 text-warn">
					{warning}
				</p>
			))}
		</section>
	);
}
