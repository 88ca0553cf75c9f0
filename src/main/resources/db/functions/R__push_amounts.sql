-- Checks of amounts of money, used by the SQL files of push targets.

-- The number of decimals of a currency, by ISO 4217, except for Iraq's dinar: it has three there, but prices have none. null stands for the organisation's
-- currency.
CREATE OR REPLACE FUNCTION push_decimals(p_org text, p_currency text) RETURNS integer
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce((SELECT o.currency_decimals FROM organisations o WHERE o.org_id = p_org AND (p_currency IS NULL OR upper(p_currency) = o.currency)),
                    CASE WHEN c.code IN ('BIF', 'CLP', 'DJF', 'GNF', 'IQD', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
                         WHEN c.code IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
                         ELSE 2 END)
      FROM (SELECT upper(coalesce(p_currency, (SELECT o.currency FROM organisations o WHERE o.org_id = p_org)))) c(code)
$$;

-- The reason why amounts are not sent; null: they may be sent. Nothing is rounded here; that is left to the owner of the view. Called for each row, so the
-- currency is looked up only if an amount is no whole number.
CREATE OR REPLACE FUNCTION push_refused_amounts(p_org text, p_currency text, VARIADIC p_amounts numeric[]) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_amount   numeric;
    v_decimals integer;
    v_wrong    text[] := '{}';
BEGIN
    FOREACH v_amount IN ARRAY p_amounts LOOP
        IF v_amount IN ('NaN', 'Infinity', '-Infinity') THEN
            RETURN v_amount || ' is no amount';
        ELSIF v_amount <> trunc(v_amount) THEN
            v_decimals := coalesce(v_decimals, push_decimals(p_org, p_currency));
            IF v_amount <> round(v_amount, v_decimals) THEN
                v_wrong := v_wrong || CAST(trim_scale(v_amount) AS text);
            END IF;
        END IF;
    END LOOP;
    RETURN CASE WHEN v_wrong <> '{}'
                THEN format('%s has more decimals than %s has: %s', array_to_string(v_wrong, ', '),
                            coalesce(upper(p_currency), (SELECT o.currency FROM organisations o WHERE o.org_id = p_org), 'the currency'), v_decimals) END;
END
$$;

-- The reason why a price in this currency is not sent to one of Zoho's products that keep prices in the organisation's currency only; null: it may be sent.
CREATE OR REPLACE FUNCTION push_refused_currency(p_org text, p_currency text) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT format('the price is in %s, and Zoho keeps it in %s, the currency of the organisation', upper(p_currency), o.currency)
      FROM organisations o WHERE o.org_id = p_org AND o.currency <> upper(p_currency)
$$;
