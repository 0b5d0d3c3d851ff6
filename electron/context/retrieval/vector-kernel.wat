;; Dot products of packed vectors (int8) with a query (int16), 16 numbers at a time. Rows are padded with zeros to a
;; multiple of 16. Assembled into vector-kernel-bytes.ts by scripts/assemble-kernel.ts.
(module
  (import "assay" "memory" (memory 1 65536))

  ;; Writes one i32 at $out for each of $count rows at $rows. $width counts the numbers of a row. No sum overflows: see
  ;; `queryRange` in vector-table.ts.
  (func (export "dots") (param $rows i32) (param $count i32) (param $width i32) (param $query i32) (param $out i32)
    (local $end i32) (local $row i32) (local $rowEnd i32) (local $q i32) (local $numbers v128) (local $sum v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $row (local.get $rows))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $rowEnd (i32.add (local.get $row) (local.get $width)))
        (local.set $q (local.get $query))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (loop $numbers
          (local.set $numbers (v128.load (local.get $row)))
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.dot_i16x8_s
                (i16x8.extend_low_i8x16_s (local.get $numbers))
                (v128.load (local.get $q)))))
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.dot_i16x8_s
                (i16x8.extend_high_i8x16_s (local.get $numbers))
                (v128.load offset=16 (local.get $q)))))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $numbers
            (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $rowEnd))))
        (i32.store
          (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $each)))))
