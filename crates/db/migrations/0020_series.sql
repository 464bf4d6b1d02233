-- Number series: what the numbers of a kind look like in a company and year, and where they stand.

-- unit_id is the company. Numbers run through a year: from first_number on, last_number was given last.
create table book_number_series (
    id row_id,
    unit_id bigint not null references org_unit (id),
    kind text not null check (kind in ('order', 'delivery', 'return', 'invoice', 'credit-note', 'payment',
                                       'quotation', 'framework', 'sample', 'rebate')),
    year bigint not null,
    prefix text not null,
    with_month bigint not null check (with_month in (0, 1)),
    digits bigint not null check (digits between 3 and 9),
    first_number bigint not null check (1 <= first_number),
    last_number bigint not null check (first_number - 1 <= last_number),
    version bigint not null,
    unique (unit_id, kind, year)
) strict;

-- Series were kept by kind and year alone; they are the root company's. Moves and hand-overs stay where
-- they are: they are nobody's documents.
insert into book_number_series
       (unit_id, kind, year, prefix, with_month, digits, first_number, last_number, version)
select u.id, s.kind, s.year,
       case s.kind when 'order' then 'SO-' when 'delivery' then 'DN-' when 'return' then 'RT-'
                   when 'invoice' then 'INV-' when 'credit-note' then 'CN-' when 'payment' then 'PAY-'
                   when 'quotation' then 'QU-' when 'framework' then 'FC-' when 'sample' then 'SP-'
                   else 'RB-' end,
       0, 5, 1, s.last_number, 1
  from book_series s
  join org_unit u on u.parent_id is null
 where s.kind not in ('move', 'handover');

delete from book_series where kind not in ('move', 'handover');
