import { Segmented } from '../../design/field/segmented.tsx';

/** Which of several scorers the numbers are of. */
export function ScorerChoice({
	scorers,
	scorer,
	onChange,
}: {
	scorers: readonly string[];
	scorer: string;
	onChange: (scorer: string) => void;
}) {
	return (
		<div className="mb-2.5 flex max-w-full overflow-x-auto">
			<Segmented
				label="Score"
				value={scorer}
				onChange={onChange}
				options={scorers.map((value) => ({ value, label: value }))}
			/>
		</div>
	);
}
