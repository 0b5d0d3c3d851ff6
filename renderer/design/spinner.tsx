/** A spinning arc; with a label it is announced, without one the text next to it is. */
export function Spinner({ size = 10, label }: { size?: number; label?: string }) {
	const style = { width: size, height: size };
	return label === undefined ? (
		<span className="spinner" style={style} aria-hidden />
	) : (
		<span className="spinner" style={style} role="img" aria-label={label} />
	);
}
