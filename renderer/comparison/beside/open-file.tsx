import { useRef } from 'react';
import { toFailure } from '../../connection/failure.ts';
import { useServices } from '../../services.ts';

/** Asks for a file that Compare saved as JSON on another computer, and shows it. `input` has to stand on the page. */
export function useOpenComparisonFile() {
	const { comparisons, toasts } = useServices();
	const field = useRef<HTMLInputElement>(null);
	async function read(file: File | undefined): Promise<void> {
		if (file === undefined) return;
		try {
			await comparisons.import(await file.text());
			toasts.show({ text: `Opened: ${file.name}` });
		} catch (error) {
			const { message, next } = toFailure(error);
			toasts.fail([message, ...next.slice(0, 1).map((step) => `${step}.`)].join(' '));
		}
	}
	const input = (
		<input
			ref={field}
			type="file"
			accept=".json,application/json"
			aria-label="Comparison of another computer"
			className="hidden"
			onChange={(event) => {
				const [file] = event.target.files ?? [];
				event.target.value = '';
				void read(file);
			}}
		/>
	);
	return { input, open: () => field.current?.click() };
}
