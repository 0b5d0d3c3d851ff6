/** Where a file comes from: a host, a program's folder, a folder that is looked into, or a person's own choice. */
export function describeSource(source: string | null): string {
	if (source === null) return 'added by hand';
	const folder = /^(?:[A-Za-z]:)?[\\/]/.test(source);
	return folder ? `found in ${source.split(/[\\/]/).findLast((part) => part !== '')}` : source;
}
