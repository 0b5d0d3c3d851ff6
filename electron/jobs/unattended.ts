/**
 * Returns `work` as something that a timer or a worker's message may call: nobody would catch its error there, which would
 * end the application. For example, the database can't be read for a moment. The error is logged behind `failed`, and the
 * next call tries again.
 */
export function unattended<Args extends unknown[]>(
	log: (line: string) => void,
	failed: string,
	work: (...args: Args) => unknown,
): (...args: Args) => void {
	const attempt = async (...args: Args): Promise<unknown> => work(...args);
	return (...args) => {
		attempt(...args).catch((error: unknown) =>
			log(`${failed}: ${error instanceof Error ? error.message : String(error)}`),
		);
	};
}
